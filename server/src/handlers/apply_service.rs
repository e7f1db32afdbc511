//! Registering a service, or changing one.

use domain::{
    Problem, ProblemKind, actor::Caller, audit::Action, id::ServiceId, policy, portal::Applied,
    problem::Checks, service::Standing, text::Slug,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Handlers;
use crate::{
    connectors::{SecretReference, ServiceDefinition, Unfit},
    store::{NewEvent, ServiceRow, UnitOfWork},
};

pub(super) async fn run(portal: &Handlers, by: &Caller, table: Value) -> Result<Applied, Problem> {
    policy::write_services(&by.actor)?;
    let definition = check(portal, by, &table).await?;
    let work = portal.store.begin().await?;
    commit(portal, by, work, definition, table).await
}

/// Applies a checked table, and commits that.
pub(super) async fn commit(
    portal: &Handlers,
    by: &Caller,
    work: UnitOfWork,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Applied, Problem> {
    let change = apply(portal, &work, definition, table).await?;
    if let Some(event) = change.event(by) {
        work.commit(event.into()).await?;
    }
    change.applied(portal)
}

/// Checks a table. What the guard forbids of it is put on record: not a byte is
/// sent there.
pub(super) async fn check(
    portal: &Handlers,
    by: &Caller,
    table: &Value,
) -> Result<ServiceDefinition, Problem> {
    let Unfit { problem, forbidden } = match portal.directory.check(table).await {
        Ok(definition) => return Ok(definition),
        Err(unfit) => unfit,
    };
    if !forbidden.is_empty() {
        let refused =
            NewEvent::new(Action::CallRefused, by).details(json!({ "reason": forbidden.join("; ") }));
        let slug: Option<Slug> = table["slug"].as_str().and_then(|slug| slug.parse().ok());
        let refused = slug.iter().fold(refused, NewEvent::service);
        portal.store.record(refused.repeatable()).await?;
    }
    Err(problem)
}

/// What applying a table makes of its service.
pub(super) enum Change {
    Registered(ServiceRow),
    Changed(ServiceRow),
    None(ServiceRow),
}

/// Applies a checked table, as a part of that unit of work.
pub(super) async fn apply(
    portal: &Handlers,
    work: &UnitOfWork,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Change, Problem> {
    check_teams(work, &definition).await?;
    match work.service(definition.slug.as_str()).await? {
        Some(old) if old.is_there() => change(portal, work, old, definition, table).await,
        retired => register(portal, work, retired, definition, table).await,
    }
}

/// Whom it belongs to and is shared with has to be there.
async fn check_teams(work: &UnitOfWork, definition: &ServiceDefinition) -> Result<(), Problem> {
    let shared =
        definition.shared_with.iter().zip(0..).map(|(team, at)| (format!("/shared_with/{at}"), team));
    let mut checks = Checks::new();
    for (pointer, team) in [("/team".to_owned(), &definition.team)].into_iter().chain(shared) {
        if work.team(team.as_str()).await?.is_none() {
            checks.note(pointer, "is not a team; an admin can add it");
        }
    }
    checks.finish()
}

async fn register(
    portal: &Handlers,
    work: &UnitOfWork,
    retired: Option<ServiceRow>,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Change, Problem> {
    let now = portal.world.now();
    let new = ServiceRow {
        // What is remembered of one that was retired is this one's.
        id: retired.as_ref().map_or_else(|| ServiceId(portal.world.new_id()), |retired| retired.id),
        slug: definition.slug,
        base_url: definition.base_url,
        definition: table,
        check: None,
        sealed_secret: None,
        created_at: now,
        updated_at: now,
        standing: Standing::default(),
    };
    if retired.is_some() {
        work.save_service(&new).await?;
    } else {
        work.insert_service(&new).await.map_err(|error| {
            if error.is_taken() {
                Problem::new(
                    ProblemKind::Stale,
                    "Somebody registered it at the same moment. Look, then apply again.",
                )
            } else {
                error.into()
            }
        })?;
    }
    Ok(Change::Registered(new))
}

async fn change(
    portal: &Handlers,
    work: &UnitOfWork,
    old: ServiceRow,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Change, Problem> {
    if old.definition == table {
        return Ok(Change::None(old));
    }
    let moved = old.base_url != definition.base_url;
    let calls_otherwise =
        ["connector", "http"].iter().any(|part| old.definition.get(part) != table.get(part));
    let sealed_secret = old.sealed_secret.clone().filter(|_| !moved && keeps_secret(&old, &definition));
    let new = ServiceRow {
        base_url: definition.base_url,
        definition: table,
        check: None,
        sealed_secret,
        updated_at: portal.world.now(),
        ..old
    };
    if moved && work.count_living_on(new.id).await? > 0 {
        let detail = "The service holds accounts, which could not be removed from its old address any more. \
                      Revoke them first, or register the new address under another slug.";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    work.save_service(&new).await?;
    if moved || calls_otherwise {
        work.forget_drift(new.id).await?;
    }
    Ok(Change::Changed(new))
}

/// A secret that the portal keeps goes nowhere but where it was given for:
/// whoever lets the service be called elsewhere has to know it.
fn keeps_secret(old: &ServiceRow, new: &ServiceDefinition) -> bool {
    let Ok(before) = ServiceDefinition::restore(&old.definition) else { return false };
    new.secret == Some(SecretReference::Sealed) && new.origins().is_subset(&before.origins())
}

impl Change {
    pub(super) fn event(&self, by: &Caller) -> Option<NewEvent> {
        match self {
            Self::Registered(new) => Some(event(Action::ServiceRegistered, by, new).made(new.id.0)),
            Self::Changed(new) => Some(event(Action::ServiceChanged, by, new)),
            Self::None(_) => None,
        }
    }

    pub(super) fn applied(&self, portal: &Handlers) -> Result<Applied, Problem> {
        let describe = |row| portal.directory.describe(row);
        Ok(match self {
            Self::Registered(row) => Applied::Registered(describe(row)?),
            Self::Changed(row) => Applied::Changed(describe(row)?),
            Self::None(row) => Applied::Unchanged(describe(row)?),
        })
    }
}

/// The same request once more: nothing is applied again.
pub(super) async fn again(
    portal: &Handlers,
    by: &Caller,
    table: &Value,
    made: Option<Uuid>,
) -> Result<Applied, Problem> {
    policy::write_services(&by.actor)?;
    let slug = table["slug"].as_str().unwrap_or_default();
    let target = portal.directory.by_slug(slug).await?.ok_or_else(|| Problem::not_found("service"))?;
    let service = target.service.clone();
    Ok(if made.is_some() { Applied::Registered(service) } else { Applied::Changed(service) })
}

fn event(action: Action, by: &Caller, service: &ServiceRow) -> NewEvent {
    // The table holds secrets by reference only, so it can stand here whole.
    NewEvent::new(action, by).on(service).details(json!({ "definition": service.definition }))
}
