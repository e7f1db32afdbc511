//! Doing away with a service: at once where it holds nothing, else once all
//! that it holds is proven gone.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    batch::{BatchKind, CleanUp},
    policy,
    service::{RetireService, Service, ServiceState},
    text::Reason,
};
use serde_json::json;

use super::{Handlers, batches, conflict, find_service, pause_service::take};
use crate::store::{Events, Holdings, NewEvent, ServiceRow, UnitOfWork};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    slug: &str,
    command: &RetireService,
) -> Result<Service, Problem> {
    policy::write_services(&by.actor)?;
    let reason = command.parse()?;
    let work = portal.store.begin().await?;
    let mut service = take(&work, slug).await?;
    let held = work.holdings(service.id).await?;
    if held.is_empty() {
        retire(portal, by, work, &mut service, reason).await?;
    } else if service.standing.state != ServiceState::Retiring {
        if !command.drain {
            return Err(holds_something(&service, held));
        }
        drain(portal, by, work, &mut service, held, reason).await?;
    }
    find_service::of_row(portal, &service)
}

async fn retire(
    portal: &Handlers,
    by: &Caller,
    work: UnitOfWork,
    service: &mut ServiceRow,
    reason: Option<Reason>,
) -> Result<(), Problem> {
    service.retire(portal.world.now());
    work.retire_service(service).await?;
    let details = json!({ "reason": reason.as_ref().map(Reason::as_str) });
    let retired = NewEvent::new(Action::ServiceRetired, by).on(service).details(details);
    Ok(work.commit(retired.into()).await?)
}

/// Lets nothing new come, and has a cleanup take away what is there. The
/// worker does the rest, also where this is cut off after the commit.
async fn drain(
    portal: &Handlers,
    by: &Caller,
    work: UnitOfWork,
    service: &mut ServiceRow,
    held: Holdings,
    reason: Option<Reason>,
) -> Result<(), Problem> {
    let which = CleanUp { service: Some(service.slug.to_string()), ..CleanUp::default() };
    let cleanup = batches::draw_up_batch(portal, by, BatchKind::Cleanup, json!(which));
    let cleanup = (held.accounts > 0).then_some(cleanup);
    let details = json!({
        "reason": reason.as_ref().map(Reason::as_str),
        "accounts": held.accounts,
        "requests": held.requests,
    });
    let id = cleanup.as_ref().map(|cleanup| cleanup.id);
    service.standing.drain(reason, id, portal.world.now()).map_err(conflict)?;
    work.save_service(service).await?;
    let mut events: Events = NewEvent::new(Action::ServiceRetiring, by).on(service).details(details).into();
    if let Some(cleanup) = &cleanup {
        work.insert_batch(cleanup).await?;
        events = events.with([batches::started(by, cleanup, held.accounts)]);
    }
    work.commit(events).await?;
    if let Some(cleanup) = id
        && let Err(error) = portal.store.clear_out(&service.slug, cleanup).await
    {
        tracing::warn!(%error, service = %service.slug, "the worker has to settle what is taken away");
    }
    Ok(())
}

fn holds_something(service: &ServiceRow, held: Holdings) -> Problem {
    let one_or_more = |count: u64, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {one}s")),
    };
    let parts = [one_or_more(held.accounts, "account"), one_or_more(held.requests, "waiting request")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let detail = format!(
        "{} holds {}. Revoke what it holds first, or retire it with drain (`?drain=true`, `--drain`): \
         then all of that is revoked, and it is retired once that is proven gone.",
        service.slug,
        parts.join(" and ")
    );
    Problem::new(ProblemKind::Conflict, detail)
}
