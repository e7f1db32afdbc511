//! Removing an account from one service.

use domain::service::Capability;

use super::outcome::{Before, Outcome, Setback};
use crate::connectors::{Answer, Connector, ConnectorError, Identity, Presence, Removal, Verification};

/// Deletes the account, and has the service prove it where it can: that it is
/// gone, and that its login fails. Gone is gone, whoever did it; anything
/// else is tried again for as long as it takes.
pub(super) async fn call(connector: &dyn Connector, who: &Identity, before: &Before) -> Outcome {
    let failed = |error: ConnectorError| Outcome::Postponed(Setback::of_reading(&error));
    let offered = connector.capabilities();
    let mut proof = match connector.delete(who).await {
        Ok(Answer { outcome: Removal::Ok | Removal::Absent, call, .. }) => vec![call],
        // Without an id there is no call that could prove it better.
        Err(ConnectorError::Unaddressable(_)) if before.was_refused => return Outcome::NeverThere,
        Err(error) => return failed(error),
    };
    if offered.contains(&Capability::Gone) {
        match connector.gone(who).await {
            Ok(Answer { outcome: Presence::Gone, call, .. }) => proof.push(call),
            Ok(Answer { outcome: Presence::Present, remote_id, call, .. }) => {
                let why = format!("It was deleted, and is still there: {call}. It will be tried again.");
                return Outcome::Postponed(Setback::answered(why, call).identified(remote_id));
            }
            // Without its id, which the service never told, nothing can be asked.
            Err(ConnectorError::Unaddressable(_)) => {}
            Err(error) => return failed(error),
        }
    }
    if offered.contains(&Capability::Verify) {
        match connector.verify(who).await {
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. })
            | Err(ConnectorError::Rejected { call }) => proof.push(call),
            Ok(Answer { outcome: Verification::Ok, call, .. }) => {
                let why =
                    format!("It was deleted, and its login still works: {call}. It will be tried again.");
                return Outcome::Postponed(Setback::answered(why, call));
            }
            Err(ConnectorError::Unaddressable(_)) => {}
            Err(error) => return failed(error),
        }
    }
    Outcome::Removed { proof }
}
