//! Adding, listing and changing people.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    id::PersonId,
    people::{AddPerson, DEFAULT_TEAM, Person, Role},
    policy,
    secret::Secret,
    text::Login,
};
use serde_json::json;

use super::Handlers;
use crate::{
    secrets::person_password,
    store::{NewEvent, UnitOfWork},
};

pub(super) async fn add(portal: &Handlers, by: &Caller, command: AddPerson) -> Result<Person, Problem> {
    policy::manage_people(&by.actor)?;
    let login = command.parse()?;
    let person = Person {
        id: PersonId(portal.world.new_id()),
        login,
        role: command.role,
        team: DEFAULT_TEAM.to_owned(),
        created_at: portal.world.now(),
        disabled_at: None,
    };
    let hash = person_password::hash(command.password, &portal.world).await;
    let work = portal.store.begin().await?;
    work.insert_person(&person, Some(hash)).await.map_err(|error| {
        if error.is_taken() {
            Problem::new(ProblemKind::Conflict, format!("There is somebody called {} already.", person.login))
        } else {
            error.into()
        }
    })?;
    let added = NewEvent::new(Action::PersonAdded, by)
        .about(&person)
        .details(json!({ "role": person.role, "team": person.team }));
    work.commit(added.into()).await?;
    Ok(person)
}

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Person>, Problem> {
    policy::manage_people(&by.actor)?;
    Ok(portal.store.people().await?)
}

pub(super) async fn disable(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    let mut person = find(portal, by, login).await?;
    if person.disabled_at.is_some() {
        return Ok(person);
    }
    person.disabled_at = Some(portal.world.now());
    let work = portal.store.begin().await?;
    leave_an_admin(&work, &person).await?;
    work.save_person(&person).await?;
    work.end_sessions_of(person.id).await?;
    work.commit(NewEvent::new(Action::PersonDisabled, by).about(&person).into()).await?;
    Ok(person)
}

pub(super) async fn enable(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    let mut person = find(portal, by, login).await?;
    if person.disabled_at.is_none() {
        return Ok(person);
    }
    person.disabled_at = None;
    let work = portal.store.begin().await?;
    work.save_person(&person).await?;
    work.commit(NewEvent::new(Action::PersonEnabled, by).about(&person).into()).await?;
    Ok(person)
}

pub(super) async fn change_role(
    portal: &Handlers,
    by: &Caller,
    login: &str,
    role: Role,
) -> Result<Person, Problem> {
    let mut person = find(portal, by, login).await?;
    if person.role == role {
        return Ok(person);
    }
    let details = json!({ "from": person.role, "to": role });
    person.role = role;
    let work = portal.store.begin().await?;
    leave_an_admin(&work, &person).await?;
    work.save_person(&person).await?;
    let changed = NewEvent::new(Action::PersonRoleChanged, by).about(&person).details(details);
    work.commit(changed.into()).await?;
    Ok(person)
}

pub(super) async fn change_password(
    portal: &Handlers,
    by: &Caller,
    login: &str,
    password: Secret,
) -> Result<Person, Problem> {
    let person = find(portal, by, login).await?;
    AddPerson::check_password(&password).map_err(|wrong| Problem::invalid("/password", wrong))?;
    let hash = person_password::hash(password, &portal.world).await;
    let work = portal.store.begin().await?;
    work.set_password_hash(person.id, hash).await?;
    // Whoever signed in with the old one has to know the new one.
    work.end_sessions_of(person.id).await?;
    work.commit(NewEvent::new(Action::PersonPasswordChanged, by).about(&person).into()).await?;
    Ok(person)
}

async fn find(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    policy::manage_people(&by.actor)?;
    let not_found = || Problem::not_found("person");
    let login: Login = login.parse().map_err(|_| not_found())?;
    Ok(portal.store.person_by_login(&login).await?.ok_or_else(not_found)?.person)
}

/// Refuses to shut out or demote the only admin who can sign in: nobody could
/// undo that at a browser.
async fn leave_an_admin(work: &UnitOfWork, changed: &Person) -> Result<(), Problem> {
    if work.admins_who_can_sign_in().await? != [changed.id] {
        return Ok(());
    }
    let detail = format!(
        "{} is the last admin who can sign in. Make somebody else an admin first, then do this.",
        changed.login
    );
    Err(Problem::new(ProblemKind::Conflict, detail))
}
