//! Adding, naming and removing teams.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    policy,
    team::{AddTeam, ChangeTeam, Team},
};
use serde_json::json;

use super::Handlers;
use crate::store::{NewEvent, UnitOfWork};

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Team>, Problem> {
    policy::manage_people(&by.actor)?;
    Ok(portal.store.teams().await?)
}

pub(super) async fn show(portal: &Handlers, by: &Caller, slug: &str) -> Result<Team, Problem> {
    policy::manage_people(&by.actor)?;
    portal.store.team(slug).await?.ok_or_else(not_found)
}

pub(super) async fn add(portal: &Handlers, by: &Caller, command: &AddTeam) -> Result<Team, Problem> {
    policy::manage_people(&by.actor)?;
    let (slug, name) = command.parse()?;
    let team = Team { slug, name, created_at: portal.world.now() };
    let work = portal.store.begin().await?;
    work.insert_team(&team).await.map_err(|error| {
        if error.is_taken() {
            Problem::new(ProblemKind::Conflict, format!("There is a team {} already.", team.slug))
        } else {
            error.into()
        }
    })?;
    work.commit(event(Action::TeamAdded, by, &team).into()).await?;
    Ok(team)
}

/// The same request once more: nothing is added again.
pub(super) async fn added_before(portal: &Handlers, by: &Caller, command: &AddTeam) -> Result<Team, Problem> {
    show(portal, by, &command.slug).await
}

pub(super) async fn change(
    portal: &Handlers,
    by: &Caller,
    slug: &str,
    command: &ChangeTeam,
) -> Result<Team, Problem> {
    policy::manage_people(&by.actor)?;
    let name = command.parse()?;
    let work = portal.store.begin().await?;
    let mut team = take(&work, slug).await?;
    if team.name == name {
        return Ok(team);
    }
    team.name = name;
    work.save_team(&team).await?;
    work.commit(event(Action::TeamChanged, by, &team).into()).await?;
    Ok(team)
}

pub(super) async fn remove(portal: &Handlers, by: &Caller, slug: &str) -> Result<Team, Problem> {
    policy::manage_people(&by.actor)?;
    let work = portal.store.begin().await?;
    let team = take(&work, slug).await?;
    let conflict = |detail: String| Err(Problem::new(ProblemKind::Conflict, detail));
    if team.is_default() {
        return conflict(format!("{slug} is the team of all who have no other: it stays."));
    }
    let people = work.count_people_of(&team.slug).await?;
    if people > 0 {
        return conflict(format!("{people} people belong to {slug}. Give them another team first."));
    }
    if let Some(service) = work.service_of(&team.slug).await? {
        return conflict(format!(
            "The service {service} belongs to {slug}, or is shared with it. Change that first."
        ));
    }
    let accounts = work.count_living_of(&team.slug).await?;
    if accounts > 0 {
        return conflict(format!("{accounts} accounts belong to {slug}. They have to end first."));
    }
    work.delete_team(&team.slug).await?;
    work.commit(event(Action::TeamRemoved, by, &team).into()).await?;
    Ok(team)
}

async fn take(work: &UnitOfWork, slug: &str) -> Result<Team, Problem> {
    work.team(slug).await?.ok_or_else(not_found)
}

fn not_found() -> Problem {
    Problem::not_found("team")
}

fn event(action: Action, by: &Caller, team: &Team) -> NewEvent {
    let details = json!({ "name": team.name });
    NewEvent::new(action, by).subject(team.slug.as_str()).team(team.slug.as_str()).details(details)
}
