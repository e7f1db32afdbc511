//! Erasing a person: their name is gone from the portal, and the audit's chain
//! is as whole as before.

use domain::{Problem, ProblemKind, actor::Caller, audit::Action, people::Person, policy, text::Login};
use serde_json::json;

use super::Handlers;
use crate::store::{ErasedNames, NewEvent, UnitOfWork};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// What stands in the place of the person's login from now on.
    pub name: Login,
    /// What was erased of the audit.
    pub audit: ErasedNames,
}

pub(super) async fn run(portal: &Handlers, by: &Caller, login: &str) -> Result<Erased, Problem> {
    policy::manage_people(&by.actor)?;
    let work = portal.store.begin().await?;
    let person = erasable(&work, login).await?;
    let name = Login::of_erased(person.id);
    drop(work);
    // The audit first: what is cut off here can be asked for again by the login.
    let first = portal.store.erase_from_audit(&person, &name).await?;
    let work = portal.store.begin().await?;
    let person = erasable(&work, login).await?;
    work.erase_person(&person, &name).await?;
    let erased = NewEvent::new(Action::PersonErased, by)
        .subject(name.as_str())
        .team(&person.team)
        .details(json!({ "events": first.erased, "kept": first.kept }));
    work.commit(erased.into()).await?;
    // And what came in meanwhile, such as a sign-in that failed.
    let late = portal.store.erase_from_audit(&person, &name).await?;
    Ok(Erased { name, audit: ErasedNames { erased: first.erased + late.erased, kept: late.kept } })
}

/// The person, if they can be erased.
async fn erasable(work: &UnitOfWork, login: &str) -> Result<Person, Problem> {
    let person = work.person_by_login(login).await?.ok_or_else(|| Problem::not_found("person"))?.person;
    let conflict = |detail: String| Err(Problem::new(ProblemKind::Conflict, detail));
    if person.login.is_of_erased() {
        return conflict(format!("{login} was erased already."));
    }
    if person.disabled_at.is_none() {
        return conflict(format!("{login} can still sign in. Disable them first."));
    }
    if work.holds_accounts(&person.login).await? {
        return conflict(format!("{login} still holds accounts. Hand them over or revoke them first."));
    }
    Ok(person)
}
