//! Creating an account on one service.

use domain::service::Capability;

use super::{
    change::NAMES_ONCE,
    login::{self, Refusal},
    outcome::{Before, Outcome, Setback},
};
use crate::connectors::{
    Answer, Call, Change, Class, Connector, ConnectorError, Creation, Identity, Name, Removal, Verification,
};

/// Creates the account and checks that its login works.
///
/// A name that exists already at the first attempt is a stranger's. After an
/// earlier attempt it is ours: that attempt was committed before it was made,
/// and may have been done without our hearing of it.
pub(super) async fn call(connector: &dyn Connector, who: &Identity, before: &Before) -> Outcome {
    let first = before.is_first;
    let name = if first { Name::New } else { Name::Ours };
    let answer = match connector.create(who, name).await {
        Ok(answer) => answer,
        Err(error) if first && error.call().is_none() => {
            return Outcome::NothingSent(Setback::of_reading(&error));
        }
        Err(error) => return Outcome::of_failed_creation(&error, None),
    };
    let who = known(who, &answer);
    match answer.outcome {
        Creation::Created => verified(connector, &who, answer.call).await,
        Creation::Updated | Creation::Exists if first => Outcome::Taken { call: answer.call },
        Creation::Updated => verified(connector, &who, answer.call).await,
        Creation::Exists => adopt(connector, &who, answer.call, before).await,
    }
}

/// The account with what the service has just told of it.
pub(super) fn known<T>(who: &Identity, answer: &Answer<T>) -> Identity {
    let (remote_id, password) = (answer.remote_id.clone(), answer.password.clone());
    Identity {
        remote_id: remote_id.or_else(|| who.remote_id.clone()),
        own_secret: password.or_else(|| who.own_secret.clone()),
        ..who.clone()
    }
}

/// Takes over what an earlier attempt has left: with the password set anew
/// where the service can do that; as it is, if our password works there; else
/// deleted and created again.
async fn adopt(connector: &dyn Connector, who: &Identity, found: Call, before: &Before) -> Outcome {
    let failed = |error: &ConnectorError| Outcome::of_failed_creation(error, who.remote_id.clone());
    let offered = connector.capabilities();
    if offered.contains(&Capability::Reset) {
        match connector.reset(who).await {
            Ok(answer) if answer.outcome == Change::Done => {
                return verified(connector, &known(who, &answer), answer.call).await;
            }
            Ok(answer) => return still_taken(who, answer.call),
            Err(error) => return failed(&error),
        }
    }
    if offered.contains(&Capability::Verify) {
        match connector.verify(who).await {
            Ok(Answer { outcome: Verification::Ok, .. }) => {
                return Outcome::Created { told: who.into(), call: found };
            }
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, .. }) => {}
            Err(error) => return failed(&error),
        }
    }
    if !connector.can_create_again() {
        let why = format!(
            "{found}: an earlier attempt created it with a password that does not work. {NAMES_ONCE}"
        );
        return Outcome::GivenUp(Setback::answered(why, found).identified(who.remote_id.clone()));
    }
    if let Some(setback) = before.unsettled() {
        let setback = Setback { call: Some(found), ..setback };
        return Outcome::Postponed(setback.identified(who.remote_id.clone()));
    }
    match anew(connector, who).await {
        Ok((who, call)) => verified(connector, &who, call).await,
        Err(NotMade::Before(error)) => failed(&error),
        Err(NotMade::After { setback, is_final: true }) => Outcome::GivenUp(setback),
        Err(NotMade::After { setback, is_final: false }) => Outcome::Postponed(setback),
    }
}

/// Deletes an account of ours and creates it again. A deletion that was sent
/// before must not land after that.
pub(super) async fn anew(connector: &dyn Connector, who: &Identity) -> Result<(Identity, Call), NotMade> {
    let deleted = connector.delete(who).await.map_err(NotMade::Before)?;
    let Answer { outcome: Removal::Ok | Removal::Absent, .. } = deleted;
    let who = Identity { remote_id: None, own_secret: None, ..who.clone() };
    match connector.create(&who, Name::Ours).await {
        Ok(Answer { outcome: Creation::Exists, remote_id, call, .. }) => {
            let why =
                format!("{call}: the name is still taken after it was deleted. It will be tried again.");
            let setback = Setback::answered(why, call).identified(remote_id).deleted_before();
            Err(NotMade::After { setback, is_final: false })
        }
        Ok(answer) => Ok((known(&who, &answer), answer.call)),
        Err(error) => {
            let setback = Setback::of_writing(&error).deleted_before();
            Err(NotMade::After { setback, is_final: error.class() == Class::Permanent })
        }
    }
}

/// Why an account was not made anew.
pub(super) enum NotMade {
    /// It could not be deleted.
    Before(ConnectorError),
    /// It was deleted, and could not be created again.
    After {
        /// Why.
        setback: Setback,
        /// Whether another attempt would fare no better.
        is_final: bool,
    },
}

fn still_taken(who: &Identity, call: Call) -> Outcome {
    let why = format!(
        "{call}: the service contradicts itself about whether the name is taken. It will be tried again."
    );
    Outcome::Postponed(Setback::answered(why, call).identified(who.remote_id.clone()))
}

async fn verified(connector: &dyn Connector, who: &Identity, created: Call) -> Outcome {
    let (remote_id, promised) = (who.remote_id.clone(), created.is_a_promise());
    match login::check_changed(connector, who, created).await {
        Ok(call) => Outcome::Created { told: who.into(), call },
        Err(Refusal::Denied(setback)) if promised => {
            Outcome::Postponed(Setback { unsettled: true, ..setback.identified(remote_id) })
        }
        Err(Refusal::Denied(setback)) => Outcome::GivenUp(setback.identified(remote_id)),
        Err(Refusal::Unknown(setback)) => Outcome::Postponed(setback.identified(remote_id)),
    }
}
