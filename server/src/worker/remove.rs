//! Removing an account from one service.

use super::outcome::Outcome;
use crate::connectors::{Answer, Connector, Identity, Removal};

/// Deletes the account. Gone is gone, whoever did it; anything else is tried
/// again for as long as it takes.
pub(super) async fn call(connector: &dyn Connector, who: &Identity) -> Outcome {
    match connector.delete(who).await {
        Ok(Answer { outcome: Removal::Ok | Removal::Absent, call, .. }) => Outcome::Removed { call },
        Err(error) => Outcome::of_failed_removal(&error),
    }
}
