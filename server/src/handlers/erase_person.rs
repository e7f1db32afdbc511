//! Erasing a person: their name is gone from the portal, and the audit's chain
//! is as whole as before.

use domain::{Problem, ProblemKind, actor::Caller, audit::Action, people::Person, policy, text::Login};
use serde_json::json;

use super::Handlers;
use crate::store::{ErasedNames, NewEvent, PersonRow, UnitOfWork};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// What stands in the place of the person's login from now on.
    pub name: Login,
    /// What was erased of the audit.
    pub audit: ErasedNames,
}

/// Erases a person. What was cut off goes on when it is asked for again.
pub(super) async fn run(portal: &Handlers, by: &Caller, login: &str) -> Result<Erased, Problem> {
    policy::manage_people(&by.actor)?;
    let person = begin(portal, by, login).await?;
    let name = Login::of_erased(person.id);
    // No name is gone before the chain says that they were erased.
    portal.store.seal_pending().await?;
    let mut audit = ErasedNames::default();
    loop {
        let some = portal.store.erase_from_audit(&person, &name).await?;
        audit = ErasedNames { erased: audit.erased + some.erased, kept: some.kept };
        // More came in meanwhile, such as a sign-in that failed.
        if some.erased == 0 {
            break;
        }
    }
    if person.login != name {
        portal.store.erase_details_that_name(&person.login).await?;
        finish(portal, by, &person, &name, audit).await?;
    }
    portal.store.overwrite_the_log().await?;
    Ok(Erased { name, audit })
}

/// The person, who is shut out for good from now on.
async fn begin(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    let work = portal.store.begin().await?;
    let row = work.person_by_login(login).await?.ok_or_else(|| Problem::not_found("person"))?;
    let PersonRow { person, erased_at, .. } = row;
    if erased_at.is_some() {
        return Ok(person);
    }
    if person.disabled_at.is_none() {
        let detail = format!("{login} can still sign in. Disable them first.");
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let_nothing_be_held(&work, &person).await?;
    work.begin_erasing(&person).await?;
    let name = Login::of_erased(person.id);
    let erased = NewEvent::new(Action::PersonErased, by).named(name.as_str(), person.id).team(&person.team);
    work.commit(erased.into()).await?;
    Ok(person)
}

/// Nobody could take accounts away that nobody holds.
async fn let_nothing_be_held(work: &UnitOfWork, person: &Person) -> Result<(), Problem> {
    if !work.holds_accounts(&person.login).await? {
        return Ok(());
    }
    let detail = format!("{} still holds accounts. Hand them over or revoke them first.", person.login);
    Err(Problem::new(ProblemKind::Conflict, detail))
}

/// Takes the name from where it stands beside the audit.
async fn finish(
    portal: &Handlers,
    by: &Caller,
    person: &Person,
    name: &Login,
    audit: ErasedNames,
) -> Result<(), Problem> {
    let work = portal.store.begin().await?;
    work.lock_person(&person.login).await?;
    let_nothing_be_held(&work, person).await?;
    work.erase_person(person, name).await?;
    let forgotten = NewEvent::new(Action::DetailsForgotten, by)
        .named(name.as_str(), person.id)
        .team(&person.team)
        .details(json!({ "names": audit.erased, "kept": audit.kept }));
    Ok(work.commit(forgotten.into()).await?)
}
