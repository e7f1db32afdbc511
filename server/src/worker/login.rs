//! Whether an account's login works.

use domain::service::Capability;

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
