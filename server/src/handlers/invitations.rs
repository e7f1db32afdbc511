//! One-time links: whoever has one chooses a password, once.

use domain::{
    Actor, Problem, ProblemKind,
    access::{AcceptInvitation, Invitation, Invitee},
    actor::Caller,
    audit::Action,
    id::PersonId,
    people::{Person, Role},
    problem::Checks,
    secret::Secret,
    team::DEFAULT_TEAM,
    text::Login,
};
use serde_json::json;

use super::{Handlers, people};
use crate::{
    secrets::{one_time_code, person_password},
    store::{Events, NewEvent, UnitOfWork},
};

/// The page to which a link leads.
const PAGE: &str = "/welcome";

/// Makes a link for that person, or for the first admin: the only one from now
/// on that is good for them.
pub(super) async fn make(
    portal: &Handlers,
    work: &UnitOfWork,
    person: Option<PersonId>,
) -> Result<Invitation, Problem> {
    let code = one_time_code::mint(&portal.world);
    let expires_at = portal.world.now().plus(Invitation::GOOD_FOR);
    work.insert_invitation(person, one_time_code::hash(&code), expires_at).await?;
    Ok(Invitation { path: Secret::new(format!("{PAGE}?code={}", code.expose())), expires_at })
}

/// Makes the link by which the portal is set up, where nobody is there yet.
pub(super) async fn make_first(portal: &Handlers) -> Result<Option<Invitation>, Problem> {
    let work = portal.store.begin().await?;
    if !work.is_nobody_there().await? {
        return Ok(None);
    }
    let invitation = make(portal, &work, None).await?;
    let by = Caller::from(Actor::System);
    let invited = NewEvent::new(Action::PersonInvited, &by)
        .details(json!({ "role": Role::Admin, "expires_at": invitation.expires_at }));
    work.commit(invited.into()).await?;
    Ok(Some(invitation))
}

pub(super) async fn show(portal: &Handlers, code: &Secret) -> Result<Invitee, Problem> {
    let row = portal.store.invitation(&one_time_code::hash(code)).await?.ok_or_else(worthless)?;
    match row.person {
        Some(id) => Ok(Invitee::Person(portal.store.person(id).await?.ok_or_else(worthless)?.login)),
        None if portal.store.is_nobody_there().await? => Ok(Invitee::FirstAdmin),
        None => Err(worthless()),
    }
}

pub(super) async fn accept(
    portal: &Handlers,
    request_id: Option<String>,
    command: AcceptInvitation,
) -> Result<Person, Problem> {
    // What is wrong is found before the link is used up.
    let invitee = show(portal, &command.code).await?;
    let login = parse(&invitee, &command)?;
    let password_hash = person_password::hash(command.password, &portal.world).await;
    let work = portal.store.begin().await?;
    let taken = work.take_invitation(&one_time_code::hash(&command.code)).await?.ok_or_else(worthless)?;
    let (person, events) = match taken.person {
        Some(id) => {
            let person = work.person(id).await?.map(|row| row.person);
            let person = person.filter(|person| person.disabled_at.is_none()).ok_or_else(worthless)?;
            work.set_password_hash(id, password_hash).await?;
            work.end_sessions_of(id, None).await?;
            let by = Caller::new(Actor::Person(person.clone()), request_id);
            (
                person.clone(),
                signs_in(&by, &person, NewEvent::new(Action::PersonPasswordChanged, &by).about(&person)),
            )
        }
        None => {
            if !work.is_nobody_there().await? {
                return Err(worthless());
            }
            let person = people::draw_up(portal, login, Role::Admin, DEFAULT_TEAM.to_owned());
            let by = Caller::new(Actor::Person(person.clone()), request_id);
            let added = people::insert(&work, &by, &person, Some(password_hash)).await?;
            (person.clone(), signs_in(&by, &person, added))
        }
    };
    work.commit(events).await?;
    Ok(person)
}

fn signs_in(by: &Caller, person: &Person, first: NewEvent) -> Events {
    Events::from(first).with([NewEvent::new(Action::SignedIn, by).about(person)])
}

/// The login of whoever accepts.
fn parse(invitee: &Invitee, command: &AcceptInvitation) -> Result<Login, Problem> {
    let mut checks = Checks::new();
    let login = match invitee {
        Invitee::Person(login) => Some(login.clone()),
        Invitee::FirstAdmin => checks.field("/login", command.login.parse::<Login>()),
    };
    if let Some(login) = &login {
        checks.field("/password", person_password::check_chosen(&command.password, login));
    }
    checks.finish()?;
    login.ok_or_else(Problem::internal)
}

fn worthless() -> Problem {
    let detail =
        "This link was used already, is too old, or was replaced by another. Ask an admin for a new one.";
    Problem::new(ProblemKind::NotFound, detail)
}
