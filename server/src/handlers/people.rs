//! Adding, listing and disabling people.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    id::PersonId,
    people::{AddPerson, DEFAULT_TEAM, Person},
    policy,
    text::Login,
};
use serde_json::json;

use super::Handlers;
use crate::{secrets::person_password, store::NewEvent};

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
        .subject(person.login.as_str())
        .details(json!({ "role": person.role, "team": person.team }));
    work.commit(added.into()).await?;
    Ok(person)
}

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Person>, Problem> {
    policy::manage_people(&by.actor)?;
    Ok(portal.store.people().await?)
}

pub(super) async fn disable(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    policy::manage_people(&by.actor)?;
    let not_found = || Problem::not_found("person");
    let login: Login = login.parse().map_err(|_| not_found())?;
    let mut person = portal.store.person_by_login(&login).await?.ok_or_else(not_found)?.person;
    if person.disabled_at.is_some() {
        return Ok(person);
    }
    let now = portal.world.now();
    let work = portal.store.begin().await?;
    work.disable_person(person.id, now).await?;
    work.commit(NewEvent::new(Action::PersonDisabled, by).subject(login.as_str()).into()).await?;
    person.disabled_at = Some(now);
    Ok(person)
}
