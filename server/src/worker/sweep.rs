//! Sweeps: each service that can list its accounts is compared with the ledger
//! now and then, by one process at a time.

use std::{sync::Arc, time::Duration};

use domain::{Problem, Timestamp, service::Capability};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Worker;
use crate::{
    directory::Target,
    store::SweepClaim,
    sweep::{look, record},
};

/// So often it is looked which services are to be swept.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Sweeps services until it is told to stop.
pub(super) async fn run(worker: Worker, stop: CancellationToken) {
    let sweeps = TaskTracker::new();
    let mut often = interval(LOOK_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(often.tick()).await.is_some() {
        if let Err(problem) = begin_due(&worker, &sweeps, &stop).await {
            tracing::error!(%problem, "services could not be swept; it is tried again");
        }
    }
    sweeps.close();
    sweeps.wait().await;
}

async fn begin_due(worker: &Worker, sweeps: &TaskTracker, stop: &CancellationToken) -> Result<(), Problem> {
    let now = worker.world.now();
    let overdue = now.plus_millis(-worker.sweep_every.as_millis());
    let mut targets = worker.directory.all().await?;
    targets.retain(|target| can_be_swept(worker, target, overdue));
    if targets.is_empty() {
        return Ok(());
    }
    let last = worker.store.last_sweeps().await?;
    for target in targets {
        let id = target.service.id;
        // What began in the future did so before the clock was set back.
        let is_recent = |begun: Timestamp| overdue < begun && begun <= now;
        let last = last.get(&id);
        if last.is_some_and(|last| is_recent(last.begun_at)) {
            continue;
        }
        if let Some(claim) = worker.store.claim_sweep(id, Some(overdue)).await? {
            let before = last.and_then(|last| last.problem.clone());
            sweeps.spawn(sweep(worker.clone(), target, claim, before, stop.clone()));
        }
    }
    Ok(())
}

/// Whether the service lists its accounts, gives some out, answers, and has
/// been as it is for long enough.
fn can_be_swept(worker: &Worker, target: &Target, overdue: Timestamp) -> bool {
    let service = &target.service;
    service.capabilities.contains(&Capability::List)
        && service.state.gives_out()
        && service.updated_at <= overdue
        && worker.lanes.down_since(service.id).is_none()
}

#[tracing::instrument(name = "sweep", skip_all, fields(service = %target.service.slug))]
async fn sweep(
    worker: Worker,
    target: Arc<Target>,
    claim: SweepClaim,
    before: Option<String>,
    stop: CancellationToken,
) {
    let store = &worker.store;
    let problem = match stop.run_until_cancelled(look_and_record(&worker, &target, claim, before)).await {
        Some(Ok(())) => return,
        Some(Err(problem)) => {
            tracing::warn!(%problem, "the service could not be swept; it is tried at its next turn");
            Some(problem.detail)
        }
        None => None,
    };
    if let Err(error) = store.give_up_sweep(claim, problem).await {
        tracing::error!(%error, "a sweep's claim could not be given back; it runs out");
    }
}

async fn look_and_record(
    worker: &Worker,
    target: &Target,
    claim: SweepClaim,
    before: Option<String>,
) -> Result<(), Problem> {
    let by = worker.system();
    match look(&worker.store, &worker.world, target).await {
        Ok(found) => record(&worker.store, claim, target, &found, &by, None).await.map(drop),
        Err(failure) => Err(failure.noted(&worker.store, target, &by, before.as_deref()).await?),
    }
}
