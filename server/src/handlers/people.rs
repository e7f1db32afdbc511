//! Adding, listing and changing people.

use domain::{
    Problem, ProblemKind,
    access::Invitation,
    actor::Caller,
    audit::Action,
    id::PersonId,
    page::{Page, PageQuery},
    people::{AddPerson, AddedPerson, ChangePerson, Person, Role},
    policy,
    secret::Secret,
    text::{Login, Slug},
};
use serde_json::json;
use uuid::Uuid;

use super::{Handlers, invitations};
use crate::{
    secrets::person_password,
    store::{Events, NewEvent, PersonRow, UnitOfWork},
};

pub(super) async fn add(portal: &Handlers, by: &Caller, command: AddPerson) -> Result<AddedPerson, Problem> {
    policy::manage_people(&by.actor)?;
    let new = command.parse()?;
    let hash = hash(portal, command.password).await;
    let work = portal.store.begin().await?;
    let person = draw_up(portal, new.login, new.role, existing_team(&work, &new.team).await?);
    let is_invited = hash.is_none();
    let added = insert(&work, by, &person, hash).await?;
    let invitation =
        if is_invited { Some(invitations::make(portal, &work, Some(person.id)).await?) } else { None };
    work.commit(added.made(person.id.0).into()).await?;
    Ok(AddedPerson { person: at_present(portal, person.id).await?, invitation })
}

/// Somebody new.
pub(super) fn draw_up(portal: &Handlers, login: Login, role: Role, team: String) -> Person {
    Person {
        id: PersonId(portal.world.new_id()),
        login,
        role,
        team,
        signs_in_by: Vec::new(),
        created_at: portal.world.now(),
        disabled_at: None,
    }
}

/// Adds a person, unless somebody else is called so; answers what to say of it.
pub(super) async fn insert(
    work: &UnitOfWork,
    by: &Caller,
    person: &Person,
    password_hash: Option<String>,
) -> Result<NewEvent, Problem> {
    if person.login.is_of_erased() {
        return Err(Problem::invalid("/login", format!("must not begin with {}", Login::ERASED)));
    }
    work.insert_person(person, password_hash).await.map_err(|error| {
        if error.is_taken() {
            Problem::new(ProblemKind::Conflict, format!("There is somebody called {} already.", person.login))
        } else {
            error.into()
        }
    })?;
    let details = json!({ "role": person.role, "team": person.team });
    Ok(NewEvent::new(Action::PersonAdded, by).about(person).details(details))
}

/// The same request once more: the person, but never again a link.
pub(super) async fn added_before(
    portal: &Handlers,
    by: &Caller,
    made: Option<Uuid>,
) -> Result<AddedPerson, Problem> {
    policy::manage_people(&by.actor)?;
    let id = PersonId(made.ok_or_else(Problem::internal)?);
    Ok(AddedPerson { person: at_present(portal, id).await?, invitation: None })
}

async fn at_present(portal: &Handlers, id: PersonId) -> Result<Person, Problem> {
    portal.store.person(id).await?.ok_or_else(not_found)
}

pub(super) async fn list(portal: &Handlers, by: &Caller, page: &PageQuery) -> Result<Page<Person>, Problem> {
    policy::manage_people(&by.actor)?;
    Ok(portal.store.people(page.parse()?).await?)
}

pub(super) async fn show(portal: &Handlers, by: &Caller, login: &str) -> Result<Person, Problem> {
    policy::manage_people(&by.actor)?;
    let login: Login = login.parse().map_err(|_| not_found())?;
    Ok(portal.store.person_by_login(&login).await?.ok_or_else(not_found)?.person)
}

pub(super) async fn change(
    portal: &Handlers,
    by: &Caller,
    login: &str,
    command: ChangePerson,
) -> Result<Person, Problem> {
    policy::manage_people(&by.actor)?;
    let change = command.parse()?;
    let hash = hash(portal, command.password).await;
    let work = portal.store.begin().await?;
    let mut person = still_there(&work, login).await?;
    let before = person.clone();
    if let Some(team) = &change.team {
        person.team = existing_team(&work, team).await?;
    }
    person.role = change.role.unwrap_or(person.role);
    person.disabled_at = match command.disabled {
        Some(true) => before.disabled_at.or_else(|| Some(portal.world.now())),
        Some(false) => None,
        None => before.disabled_at,
    };
    let mut events = differences(by, &before, &person);
    let id = person.id;
    if let Some(hash) = hash {
        work.set_password_hash(id, hash).await?;
        work.delete_invitations(Some(id)).await?;
        // Whoever signed in with the old one has to know the new one.
        work.end_sessions_of(id, None).await?;
        events.push(NewEvent::new(Action::PersonPasswordChanged, by).about(&person));
    }
    let Some(events) = Events::all(events) else { return Ok(person) };
    leave_an_admin(&work, &person).await?;
    work.save_person(&person).await?;
    if person.disabled_at.is_some() {
        work.end_sessions_of(id, None).await?;
        work.delete_invitations(Some(id)).await?;
    }
    work.commit(events).await?;
    at_present(portal, id).await
}

/// What to say of a person who is not as before.
pub(super) fn differences(by: &Caller, before: &Person, now: &Person) -> Vec<NewEvent> {
    let event = |action| NewEvent::new(action, by).about(now);
    let disabled = match (before.disabled_at, now.disabled_at) {
        (None, Some(_)) => Some(event(Action::PersonDisabled)),
        (Some(_), None) => Some(event(Action::PersonEnabled)),
        (None, None) | (Some(_), Some(_)) => None,
    };
    let role = (before.role != now.role)
        .then(|| event(Action::PersonRoleChanged).details(json!({ "from": before.role, "to": now.role })));
    let team = (before.team != now.team)
        .then(|| event(Action::PersonTeamChanged).details(json!({ "from": before.team, "to": now.team })));
    [disabled, role, team].into_iter().flatten().collect()
}

pub(super) async fn invite(portal: &Handlers, by: &Caller, login: &str) -> Result<Invitation, Problem> {
    policy::manage_people(&by.actor)?;
    let work = portal.store.begin().await?;
    let person = still_there(&work, login).await?;
    if person.disabled_at.is_some() {
        let detail = format!("{login} is disabled. Enable them first, then make the link.");
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let invitation = invitations::make(portal, &work, Some(person.id)).await?;
    let invited = NewEvent::new(Action::PersonInvited, by)
        .about(&person)
        .details(json!({ "expires_at": invitation.expires_at }));
    work.commit(invited.repeatable().into()).await?;
    Ok(invitation)
}

async fn hash(portal: &Handlers, password: Option<Secret>) -> Option<String> {
    match password {
        Some(password) => Some(person_password::hash(password, &portal.world).await),
        None => None,
    }
}

/// The team, if there is one by that slug.
async fn existing_team(work: &UnitOfWork, slug: &Slug) -> Result<String, Problem> {
    let team = work.team(slug.as_str()).await?;
    team.map(|team| team.slug.into_string()).ok_or_else(|| Problem::invalid("/team", "is not a team"))
}

/// The person with that login, unless they were erased: nobody comes back from
/// that.
async fn still_there(work: &UnitOfWork, login: &str) -> Result<Person, Problem> {
    let PersonRow { person, erased_at, .. } = work.person_by_login(login).await?.ok_or_else(not_found)?;
    if erased_at.is_some() {
        return Err(Problem::new(ProblemKind::Conflict, format!("{login} was erased.")));
    }
    Ok(person)
}

fn not_found() -> Problem {
    Problem::not_found("person")
}

/// Refuses to shut out or demote the only admin who can sign in: nobody could
/// undo that at a browser.
async fn leave_an_admin(work: &UnitOfWork, changed: &Person) -> Result<(), Problem> {
    let is_admin = changed.role == Role::Admin && changed.disabled_at.is_none();
    if is_admin || work.admins_who_can_sign_in().await? != [changed.id] {
        return Ok(());
    }
    let detail = format!(
        "{} is the last admin who can sign in. Make somebody else an admin first, then do this.",
        changed.login
    );
    Err(Problem::new(ProblemKind::Conflict, detail))
}
