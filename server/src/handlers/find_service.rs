//! Looking services up.

use domain::{
    Problem,
    actor::Caller,
    policy,
    service::{Service, normalise_base_url},
};

use super::Handlers;
use crate::store::ServiceRow;

pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<Service>, Problem> {
    policy::read_services(&by.actor)?;
    let targets = portal.directory.all().await?;
    let mut sweeps = portal.store.last_sweeps().await?;
    let services = targets.iter().map(|target| shown(portal, target.service.clone()));
    Ok(services.map(|service| Service { last_sweep: sweeps.remove(&service.id), ..service }).collect())
}

pub(super) async fn by_slug(portal: &Handlers, by: &Caller, slug: &str) -> Result<Service, Problem> {
    policy::read_services(&by.actor)?;
    let target = portal.directory.by_slug(slug).await?;
    let target = target.ok_or_else(|| Problem::not_found("service"))?;
    let last_sweep = portal.store.last_sweep(target.service.id).await?;
    Ok(Service { last_sweep, ..shown(portal, target.service.clone()) })
}

pub(super) async fn by_url(portal: &Handlers, by: &Caller, base_url: &str) -> Result<Service, Problem> {
    policy::read_services(&by.actor)?;
    let target = match normalise_base_url(base_url) {
        Some(url) => portal.directory.at(&url).await?,
        None => None,
    };
    target
        .map(|target| shown(portal, target.service.clone()))
        .ok_or_else(|| Problem::invalid("/service_url", "is not the base URL of a registered service"))
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
