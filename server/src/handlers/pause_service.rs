//! Letting a service give no new accounts out for a while.

use domain::{
    Problem, actor::Caller, audit::Action, command::WithReason, policy, service::Service, text::Reason,
};
use serde_json::json;

use super::{Handlers, conflict, find_service};
use crate::store::{NewEvent, ServiceRow, UnitOfWork};

pub(super) async fn pause(
    portal: &Handlers,
    by: &Caller,
    slug: &str,
    command: &WithReason,
) -> Result<Service, Problem> {
    find_service::operable(portal, by, slug).await?;
    let reason = command.parse()?;
    let work = portal.store.begin().await?;
    let mut service = take(&work, slug).await?;
    let details = json!({ "reason": reason.as_ref().map(Reason::as_str) });
    service.standing.pause(reason, portal.world.now()).map_err(conflict)?;
    work.save_service(&service).await?;
    let paused = NewEvent::new(Action::ServicePaused, by).on(&service).details(details);
    work.commit(paused.into()).await?;
    find_service::of_row(portal, &service)
}

pub(super) async fn resume(portal: &Handlers, by: &Caller, slug: &str) -> Result<Service, Problem> {
    find_service::operable(portal, by, slug).await?;
    let work = portal.store.begin().await?;
    let mut service = take(&work, slug).await?;
    let details = json!({ "paused_since": service.standing.since });
    service.standing.resume().map_err(conflict)?;
    work.save_service(&service).await?;
    let resumed = NewEvent::new(Action::ServiceResumed, by).on(&service).details(details);
    work.commit(resumed.into()).await?;
    find_service::of_row(portal, &service)
}

/// The same change once more: nothing is changed again.
pub(super) async fn changed_before(portal: &Handlers, by: &Caller, slug: &str) -> Result<Service, Problem> {
    policy::operate_services(&by.actor)?;
    find_service::by_slug(portal, by, slug).await
}

/// The service with that slug, in hand for a change, unless it is retired.
pub(super) async fn take(work: &UnitOfWork, slug: &str) -> Result<ServiceRow, Problem> {
    let service = work.service(slug).await?.filter(ServiceRow::is_there);
    service.ok_or_else(|| Problem::not_found("service"))
}
