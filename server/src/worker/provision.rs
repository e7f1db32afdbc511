//! Creating an account on one service.

use domain::service::Capability;

use super::outcome::Outcome;
use crate::connectors::{Answer, Call, Connector, Creation, Identity, Removal, Verification};

/// Creates the account and checks that its login works.
///
/// A name that exists already at the first attempt is a stranger's. After an
/// earlier attempt it is ours: that attempt was committed before it was made,
/// and may have been done without our hearing of it.
pub(super) async fn call(connector: &dyn Connector, who: &Identity, attempts: u32) -> Outcome {
    let first = attempts <= 1;
    let answer = match connector.create(who).await {
        Ok(answer) => answer,
        Err(error) if first && error.call().is_none() => {
            return Outcome::NothingSent { why: error.to_string() };
        }
        Err(error) => return Outcome::of_failed_creation(&error, None),
    };
    let who = known(who, &answer);
    match answer.outcome {
        Creation::Created => verified(connector, &who, answer.call).await,
        Creation::Updated | Creation::Exists if first => Outcome::Taken { call: answer.call },
        Creation::Updated => verified(connector, &who, answer.call).await,
        Creation::Exists => adopt(connector, &who, answer.call).await,
    }
}

/// The account with what the service has just told of it.
fn known<T>(who: &Identity, answer: &Answer<T>) -> Identity {
    Identity { remote_id: answer.remote_id.clone().or_else(|| who.remote_id.clone()), ..who.clone() }
}

/// Takes over what an earlier attempt has left: as it is, if our password
/// works there; anew, if not or if that cannot be checked.
async fn adopt(connector: &dyn Connector, who: &Identity, found: Call) -> Outcome {
    let failed = |error| Outcome::of_failed_creation(&error, who.remote_id.clone());
    if connector.capabilities().contains(&Capability::Verify) {
        match connector.verify(who).await {
            Ok(Answer { outcome: Verification::Ok, .. }) => {
                return Outcome::Created { remote_id: who.remote_id.clone(), call: found };
            }
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, .. }) => {}
            Err(error) => return failed(error),
        }
    }
    match connector.delete(who).await {
        Ok(Answer { outcome: Removal::Ok | Removal::Absent, .. }) => {}
        Err(error) => return failed(error),
    }
    let anew = Identity { remote_id: None, ..who.clone() };
    match connector.create(&anew).await {
        Ok(Answer { outcome: Creation::Exists, call, .. }) => Outcome::Postponed {
            why: format!("{call}: the name is still taken after it was deleted. It will be tried again."),
            call: Some(call),
            asked_for: None,
            remote_id: who.remote_id.clone(),
        },
        Ok(answer) => verified(connector, &known(&anew, &answer), answer.call).await,
        Err(error) => failed(error),
    }
}

/// No account is handed out whose login does not work.
async fn verified(connector: &dyn Connector, who: &Identity, created: Call) -> Outcome {
    let remote_id = who.remote_id.clone();
    if !connector.capabilities().contains(&Capability::Verify) {
        return Outcome::Created { remote_id, call: created };
    }
    match connector.verify(who).await {
        Ok(Answer { outcome: Verification::Ok, .. }) => Outcome::Created { remote_id, call: created },
        Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. }) => Outcome::GivenUp {
            why: format!("The account was created, but its login does not work: {call}."),
            call: Some(call),
            remote_id,
        },
        Err(error) => Outcome::of_failed_creation(&error, remote_id),
    }
}
