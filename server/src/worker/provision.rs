//! Creating an account on one service.

use domain::service::Capability;

use super::outcome::Outcome;
use crate::connectors::{Answer, Connector, Creation, Identity, Removal, Verification};

/// Creates the account and checks that its login works.
///
/// A name that exists already at the first attempt is a stranger's. After an
/// earlier attempt it is ours: that attempt was committed before it was made,
/// and may have been done without our hearing of it.
pub(super) async fn call(connector: &dyn Connector, who: &Identity, attempts: u32) -> Outcome {
    let answer = match connector.create(who).await {
        Ok(answer) => answer,
        Err(error) => return Outcome::of_failed_creation(&error),
    };
    match answer.outcome {
        Creation::Created => verified(connector, who, answer).await,
        Creation::Updated | Creation::Exists if attempts <= 1 => Outcome::Taken { call: answer.call },
        Creation::Updated => verified(connector, who, answer).await,
        Creation::Exists => adopt(connector, who, answer).await,
    }
}

/// Takes over what an earlier attempt has left: as it is, if our password
/// works there; anew, if not or if that cannot be checked.
async fn adopt(connector: &dyn Connector, who: &Identity, found: Answer<Creation>) -> Outcome {
    if connector.capabilities().contains(&Capability::Verify) {
        match connector.verify(who).await {
            Ok(Answer { outcome: Verification::Ok, .. }) => {
                return Outcome::Created { remote_id: found.remote_id, call: found.call };
            }
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, .. }) => {}
            Err(error) => return Outcome::of_failed_creation(&error),
        }
    }
    match connector.delete(who).await {
        Ok(Answer { outcome: Removal::Ok | Removal::Absent, .. }) => {}
        Err(error) => return Outcome::of_failed_creation(&error),
    }
    match connector.create(who).await {
        Ok(answer) => verified(connector, who, answer).await,
        Err(error) => Outcome::of_failed_creation(&error),
    }
}

/// No account is handed out whose login does not work.
async fn verified(connector: &dyn Connector, who: &Identity, created: Answer<Creation>) -> Outcome {
    let Answer { remote_id, call, .. } = created;
    if !connector.capabilities().contains(&Capability::Verify) {
        return Outcome::Created { remote_id, call };
    }
    let who = Identity { remote_id: remote_id.clone().or_else(|| who.remote_id.clone()), ..who.clone() };
    match connector.verify(&who).await {
        Ok(Answer { outcome: Verification::Ok, .. }) => Outcome::Created { remote_id, call },
        Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. }) => Outcome::GivenUp {
            why: format!("The account was created, but its login does not work: {call}."),
            call: Some(call),
        },
        Err(error) => Outcome::of_failed_creation(&error),
    }
}
