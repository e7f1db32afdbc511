//! Registering a service, or changing one.

use domain::{
    Problem, ProblemKind, actor::Caller, audit::Action, id::ServiceId, policy, portal::Applied,
    service::Standing,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Handlers;
use crate::{
    connectors::{SecretReference, ServiceDefinition},
    store::{NewEvent, ServiceRow, UnitOfWork},
};

pub(super) async fn run(portal: &Handlers, by: &Caller, table: Value) -> Result<Applied, Problem> {
    policy::write_services(&by.actor)?;
    let definition = portal.directory.check(&table).await?;
    let work = portal.store.begin().await?;
    match work.service(definition.slug.as_str()).await? {
        Some(old) if old.is_there() => change(portal, by, work, old, definition, table).await,
        retired => register(portal, by, work, retired, definition, table).await,
    }
}

async fn register(
    portal: &Handlers,
    by: &Caller,
    work: UnitOfWork,
    retired: Option<ServiceRow>,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Applied, Problem> {
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
    work.commit(event(Action::ServiceRegistered, by, &new).made(new.id.0).into()).await?;
    Ok(Applied::Registered(portal.directory.describe(&new)?))
}

async fn change(
    portal: &Handlers,
    by: &Caller,
    work: UnitOfWork,
    old: ServiceRow,
    definition: ServiceDefinition,
    table: Value,
) -> Result<Applied, Problem> {
    if old.definition == table {
        return Ok(Applied::Unchanged(portal.directory.describe(&old)?));
    }
    let moved = old.base_url != definition.base_url;
    let sealed_secret = if keeps_secret(&old, &definition) { old.sealed_secret.clone() } else { None };
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
    work.commit(event(Action::ServiceChanged, by, &new).into()).await?;
    Ok(Applied::Changed(portal.directory.describe(&new)?))
}

/// A secret that the portal keeps goes nowhere but where it was given for:
/// whoever lets the service be called elsewhere has to know it.
fn keeps_secret(old: &ServiceRow, new: &ServiceDefinition) -> bool {
    let Ok(before) = ServiceDefinition::restore(&old.definition) else { return false };
    new.secret == Some(SecretReference::Sealed) && new.origins().is_subset(&before.origins())
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
    NewEvent::new(action, by).service(&service.slug).details(json!({ "definition": service.definition }))
}
