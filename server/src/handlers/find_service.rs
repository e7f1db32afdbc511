//! Looking services up.

use std::sync::Arc;

use domain::{
    Problem,
    actor::Caller,
    policy,
    service::{Service, normalise_base_url},
};

use super::Handlers;
use crate::{directory::Target, store::ServiceRow};

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Service>, Problem> {
    policy::read_services(&by.actor)?;
    let mut sweeps = portal.store.last_sweeps().await?;
    let used = used(portal, by).await?;
    let services = used.iter().map(|target| shown(portal, target.service.clone()));
    Ok(services.map(|service| Service { last_sweep: sweeps.remove(&service.id), ..service }).collect())
}

/// All services that the caller may use.
pub(super) async fn used(portal: &Handlers, by: &Caller) -> Result<Vec<Arc<Target>>, Problem> {
    let mut targets = portal.directory.all().await?;
    targets.retain(|target| policy::uses(&by.actor, &target.service));
    Ok(targets)
}

pub(super) async fn by_slug(portal: &Handlers, by: &Caller, slug: &str) -> Result<Service, Problem> {
    policy::read_services(&by.actor)?;
    let target = usable(portal, by, slug).await?;
    let last_sweep = portal.store.last_sweep(target.service.id).await?;
    Ok(Service { last_sweep, ..shown(portal, target.service.clone()) })
}

pub(super) async fn by_url(portal: &Handlers, by: &Caller, base_url: &str) -> Result<Service, Problem> {
    policy::read_services(&by.actor)?;
    let targets = match normalise_base_url(base_url) {
        Some(url) => portal.directory.at(&url).await?,
        None => Vec::new(),
    };
    targets
        .iter()
        .find(|target| policy::uses(&by.actor, &target.service))
        .map(|target| shown(portal, target.service.clone()))
        .ok_or_else(|| Problem::invalid("/service_url", "is not the base URL of a registered service"))
}

/// The service with that slug, if the caller may use it: what one may not use,
/// one does not see.
pub(super) async fn usable(portal: &Handlers, by: &Caller, slug: &str) -> Result<Arc<Target>, Problem> {
    let target = portal.directory.by_slug(slug).await?;
    let target = target.filter(|target| policy::uses(&by.actor, &target.service));
    target.ok_or_else(|| Problem::not_found("service"))
}

/// The service with that slug, if the caller may operate it.
pub(super) async fn operable(portal: &Handlers, by: &Caller, slug: &str) -> Result<Arc<Target>, Problem> {
    policy::operate_services(&by.actor)?;
    let target = usable(portal, by, slug).await?;
    policy::operate_service(&by.actor, &target.service)?;
    Ok(target)
}

/// The service of that row.
pub(super) fn of_row(portal: &Handlers, row: &ServiceRow) -> Result<Service, Problem> {
    Ok(shown(portal, portal.directory.describe(row)?))
}

/// The service, and whether it answers, as far as this process knows.
fn shown(portal: &Handlers, service: Service) -> Service {
    let down_since = portal.intake.as_ref().and_then(|intake| intake.down_since(service.id));
    Service { down_since, ..service }
}
