//! Whether the service itself says that it is a test target.

use std::{sync::Arc, time::Duration};

use domain::{Ttl, service::Capability};
use tokio::{sync::Mutex, time::Instant};

use super::{
    super::{Call, ConnectorError, definition::table::Table},
    rules::Purpose,
    step::{Step, read_steps},
    values::Scope,
};

/// For so long nobody asks again where the answer was no, or there was none.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// How the service says that it is a test target, and what it said last.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// What to send.
    pub steps: Vec<Step>,
    valid_for: Duration,
    said: Arc<Mutex<Option<Said>>>,
}

#[derive(Debug)]
struct Said {
    answer: Result<(), ConnectorError>,
    until: Instant,
}

impl Attestation {
    /// Reads the field `attest` of the table `http`.
    pub fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let mut attest = table.table(Capability::Attest.into())?;
        let valid_for = attest.optional::<Ttl>("valid_for").unwrap_or(Ttl::minutes(10));
        if valid_for > Ttl::hours(1) {
            attest.note("valid_for", "must be at most 1h: what a service was once may not hold for long");
        }
        let steps = read_steps(&mut attest, Purpose::Of(Capability::Attest), scope);
        attest.close();
        let valid_for = Duration::from_secs(valid_for.as_secs());
        Some(Self { steps: steps?, valid_for, said: Arc::default() })
    }

    /// What it said within the time for which that counts, or says now: one
    /// asks, and the others wait for the answer.
    ///
    /// # Errors
    /// It is no test target, or that could not be found out.
    pub async fn is_given(
        &self,
        ask: impl AsyncFnOnce() -> Result<(), ConnectorError>,
    ) -> Result<(), ConnectorError> {
        let mut said = self.said.lock().await;
        if let Some(said) = said.as_ref().filter(|said| said.until > Instant::now()) {
            return said.answer.clone();
        }
        let answer = ask().await;
        *said = Some(self.said(answer.clone()));
        answer
    }

    /// What it says now, which counts from then on.
    ///
    /// # Errors
    /// As above.
    pub async fn given_now(
        &self,
        ask: impl AsyncFnOnce() -> Result<Call, ConnectorError>,
    ) -> Result<Call, ConnectorError> {
        let mut said = self.said.lock().await;
        let answer = ask().await;
        *said = Some(self.said(answer.as_ref().map(drop).map_err(Clone::clone)));
        answer
    }

    fn said(&self, answer: Result<(), ConnectorError>) -> Said {
        let valid_for = if answer.is_ok() { self.valid_for } else { ASK_AGAIN };
        Said { answer, until: Instant::now() + valid_for }
    }
}
