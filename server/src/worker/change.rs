//! Changing an account that a service has: its password, and whether it can
//! be used.
//!
//! Calls for what was wanted before must not come in between: the first
//! attempt waits until none can land any more. Further ones repeat it.

use domain::service::Capability;

use super::{
    login,
    outcome::{Before, Outcome, Setback},
    provision::{NotMade, anew, known},
};
use crate::connectors::{Answer, Call, Change, Connector, ConnectorError, Identity};

/// Why an account cannot be made again.
pub(super) const NAMES_ONCE: &str = "It never gives a name twice (`names_once`), so the account cannot be made again; another one can be asked for.";

/// Sets the password and checks that the login works. Where the service
/// cannot set passwords, the account is deleted and created again.
pub(super) async fn reset(connector: &dyn Connector, who: &Identity, before: &Before) -> Outcome {
    match set_password(connector, who, before).await {
        Ok((who, call)) => match login::check_changed(connector, &who, call).await {
            Ok(call) => Outcome::Reset { told: (&who).into(), call },
            Err(refusal) => Outcome::Postponed(refusal.setback().identified(who.remote_id)),
        },
        Err(outcome) => outcome,
    }
}

async fn set_password(
    connector: &dyn Connector,
    who: &Identity,
    before: &Before,
) -> Result<(Identity, Call), Outcome> {
    if let Some(wait) = before.held() {
        return Err(wait);
    }
    let failed = |error: ConnectorError| Outcome::Postponed(Setback::of_writing(&error));
    let mut asked = None;
    if connector.capabilities().contains(&Capability::Reset) {
        let answer = connector.reset(who).await.map_err(failed)?;
        if answer.outcome == Change::Done {
            return Ok((known(who, &answer), answer.call));
        }
        // Somebody has deleted it on the service itself: it is made again.
        asked = Some(answer.call);
    }
    if !connector.can_create_again() {
        return Err(Outcome::Postponed(match asked {
            Some(call) => Setback::answered(format!("{call}: the account is gone there. {NAMES_ONCE}"), call),
            None => Setback::untried(format!("The service has no call to set a password. {NAMES_ONCE}")),
        }));
    }
    if let Some(setback) = before.unsettled() {
        return Err(match asked {
            Some(call) => Outcome::Postponed(Setback { call: Some(call), ..setback }),
            None => Outcome::Held(setback),
        });
    }
    anew(connector, who).await.map_err(|error| match error {
        NotMade::Before(error) => failed(error),
        NotMade::After { setback, .. } => Outcome::Postponed(setback),
    })
}

/// Disables the account.
pub(super) async fn disable(connector: &dyn Connector, who: &Identity, before: &Before) -> Outcome {
    match before.held() {
        Some(wait) => wait,
        None => switched(true, connector.disable(who).await),
    }
}

/// Enables the account again: where the service has no call for that, by
/// setting its password.
pub(super) async fn enable(connector: &dyn Connector, who: &Identity, before: &Before) -> Outcome {
    match before.held() {
        Some(wait) => wait,
        None if connector.capabilities().contains(&Capability::Enable) => {
            switched(false, connector.enable(who).await)
        }
        None => switched(false, connector.reset(who).await),
    }
}

fn switched(disabled: bool, answer: Result<Answer<Change>, ConnectorError>) -> Outcome {
    match answer {
        Ok(Answer { outcome: Change::Done, password, call, .. }) => {
            Outcome::Switched { disabled, own_secret: password, call }
        }
        Ok(Answer { outcome: Change::Absent, call, .. }) => {
            let why = format!("{call}: the service does not have the account any more.");
            Outcome::Postponed(Setback::answered(why, call))
        }
        Err(error) => Outcome::Postponed(Setback::of_writing(&error)),
    }
}
