//! One's own sessions at browsers, and one's own password.

use domain::{
    Problem,
    access::{ChangePassword, Session},
    actor::Caller,
    audit::Action,
    id::SessionId,
    policy,
};
use serde_json::json;

use super::Handlers;
use crate::{secrets::person_password, store::NewEvent};

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Session>, Problem> {
    let person = policy::manage_own_access(&by.actor)?;
    Ok(portal.store.sessions_of(person.id).await?)
}

pub(super) async fn end(portal: &Handlers, by: &Caller, id: SessionId) -> Result<(), Problem> {
    let person = policy::manage_own_access(&by.actor)?;
    let work = portal.store.begin().await?;
    // That somebody else has a session is nobody's business.
    if !work.end_session(person.id, id).await? {
        return Err(Problem::not_found("session"));
    }
    let ended = NewEvent::new(Action::SessionEnded, by).about(person).details(json!({ "session": id }));
    Ok(work.commit(ended.into()).await?)
}

pub(super) async fn change_password(
    portal: &Handlers,
    by: &Caller,
    command: ChangePassword,
    here: Option<SessionId>,
) -> Result<(), Problem> {
    let person = policy::manage_own_access(&by.actor)?;
    let row = portal.store.person_by_login(&person.login).await?;
    let present = row.and_then(|row| row.password_hash);
    if !person_password::verify(command.current, present).await {
        return Err(Problem::invalid("/current", "is not your present password"));
    }
    // Only now, so that what is wrong with it is no guess at the present one.
    person_password::check_chosen(&command.password, &person.login)
        .map_err(|detail| Problem::invalid("/password", detail))?;
    let hash = person_password::hash(command.password, &portal.world).await;
    let work = portal.store.begin().await?;
    work.set_password_hash(person.id, hash).await?;
    work.end_sessions_of(person.id, here).await?;
    Ok(work.commit(NewEvent::new(Action::PersonPasswordChanged, by).about(person).into()).await?)
}
