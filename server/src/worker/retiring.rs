//! Services that are being retired: what waits there for a decision is denied,
//! what is there is cleaned up, and once nothing is left the service is
//! retired. It is looked each time how things stand, so it goes on after a
//! crash.

use domain::{Problem, audit::Action, service::ServiceState};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Worker, news::News};
use crate::store::{Events, NewEvent, ServiceRow};

/// How many requests are denied in one transaction.
const AT_A_TIME: u64 = 100;

/// Retires services until it is told to stop.
pub(super) async fn run(worker: Worker, stop: CancellationToken) {
    let mut news = News::of_batches(&worker.store);
    while !stop.is_cancelled() {
        match worker.store.retiring().await {
            Ok(services) => {
                for service in services {
                    if let Err(problem) = get_on(&worker, &service).await {
                        tracing::error!(service = %service.slug, %problem, "a retirement could not go on; it is tried again");
                    }
                }
            }
            Err(error) => tracing::error!(%error, "services to be retired could not be looked for"),
        }
        news.wait(&stop).await;
    }
}

async fn get_on(worker: &Worker, service: &ServiceRow) -> Result<(), Problem> {
    deny_requests(worker, service).await?;
    if let Some(cleanup) = service.standing.cleanup {
        worker.store.clear_out(&service.slug, cleanup).await?;
    }
    if worker.store.holdings(service.id).await?.is_empty() {
        retire(worker, service).await?;
    }
    Ok(())
}

/// No service ever hears of them.
async fn deny_requests(worker: &Worker, service: &ServiceRow) -> Result<(), Problem> {
    loop {
        let ids = worker.store.requests_on(&service.slug, AT_A_TIME).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let work = worker.store.begin().await?;
        let (by, now) = (worker.system(), worker.world.now());
        let mut events = Vec::new();
        for mut account in work.accounts(ids).await? {
            let before = account.state;
            let reason = format!("{} is being retired", service.slug);
            // Somebody may have denied it meanwhile.
            if account.deny(reason.clone(), now).is_err() {
                continue;
            }
            work.save_account(&mut account).await?;
            let details = json!({ "reason": reason, "requested_by": account.requested_by });
            events.push(
                NewEvent::new(Action::AccountDenied, &by)
                    .account(&account)
                    .service(&service.slug)
                    .details(details),
            );
            events.extend(NewEvent::of_arrival(before, &account, &by));
        }
        if let Some(events) = Events::all(events) {
            work.commit(events).await?;
        }
    }
}

/// Another process may have done it meanwhile.
async fn retire(worker: &Worker, service: &ServiceRow) -> Result<(), Problem> {
    let work = worker.store.begin().await?;
    let Some(mut service) = work.service(service.slug.as_str()).await? else { return Ok(()) };
    if service.standing.state != ServiceState::Retiring || !work.holdings(service.id).await?.is_empty() {
        return Ok(());
    }
    let details = json!({ "reason": service.standing.reason, "retiring_since": service.standing.since });
    service.retire(worker.world.now());
    work.retire_service(&service).await?;
    let retired = NewEvent::new(Action::ServiceRetired, &worker.system());
    Ok(work.commit(retired.on(&service).details(details).into()).await?)
}
