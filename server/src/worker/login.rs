//! Whether an account's login works.

use std::time::Duration;

use domain::service::Capability;
use tokio::time::sleep;

use super::outcome::Setback;
use crate::connectors::{Answer, Call, Connector, Identity, Verification};

/// No account is handed out whose login does not work; `done` is the call
/// that should have made it work.
///
/// # Errors
/// It does not work, or that could not be found out.
pub(super) async fn check(connector: &dyn Connector, who: &Identity, done: Call) -> Result<Call, Refusal> {
    if !connector.capabilities().contains(&Capability::Verify) {
        return Ok(done);
    }
    match connector.verify(who).await {
        Ok(Answer { outcome: Verification::Ok, .. }) => Ok(done),
        Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. }) => {
            let why = format!("The service has the account, but its login does not work: {call}.");
            Err(Refusal::Denied(Setback::answered(why, call)))
        }
        Err(error) => Err(Refusal::Unknown(Setback::of_reading(&error))),
    }
}

/// The same where the account or its password was made just now: some services
/// take a moment until one can sign in.
///
/// # Errors
/// It does not work, or that could not be found out.
pub(super) async fn check_changed(
    connector: &dyn Connector,
    who: &Identity,
    done: Call,
) -> Result<Call, Refusal> {
    for wait in MOMENTS {
        match check(connector, who, done.clone()).await {
            Err(Refusal::Denied(_)) => sleep(wait).await,
            settled => return settled,
        }
    }
    check(connector, who, done).await
}

/// How long to wait before a login that was refused is tried again.
const MOMENTS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1_500)];

/// Why a login cannot be relied on.
pub(super) enum Refusal {
    /// The service does not accept it.
    Denied(Setback),
    /// That could not be found out.
    Unknown(Setback),
}

impl Refusal {
    /// What happened, whichever it was.
    pub fn setback(self) -> Setback {
        match self {
            Self::Denied(setback) | Self::Unknown(setback) => setback,
        }
    }
}
