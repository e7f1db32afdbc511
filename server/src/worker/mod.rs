//! The reconciler: makes come true on the services what the database says.
//!
//! The rows are the queue. The worker claims what is due, calls the service
//! with no transaction open, and commits the outcome together with its
//! events. It acts on how things stand, not on what happened: after a crash
//! it simply goes on.

mod attempt;
mod backoff;
mod expiry;
mod outcome;
mod provision;
mod remove;
mod sealer;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Actor, Problem, actor::Caller, id::ServiceId};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    directory::Directory,
    secrets::keyring::Keyring,
    store::{Claim, Store},
    world::World,
};

/// How many enrollments are worked on at a time, over all services.
const AT_A_TIME: usize = 64;

/// How long a claim lasts: longer than an attempt's calls can take together.
const CLAIM_MILLIS: i64 = 120_000;

/// How long the worker sleeps at most: so often it looks for work that
/// nobody told it of, and for leases that have run out.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// What the worker stands on.
#[derive(Clone, Debug)]
pub struct Worker {
    store: Store,
    keyring: Arc<Keyring>,
    directory: Directory,
    world: World,
    email_domain: Arc<str>,
    busy: Arc<Mutex<HashMap<ServiceId, usize>>>,
    freed: Arc<Notify>,
}

impl Worker {
    /// A worker that does nothing yet.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        directory: Directory,
        world: World,
        email_domain: &str,
    ) -> Self {
        Self {
            store,
            keyring,
            directory,
            world,
            email_domain: email_domain.into(),
            busy: Arc::default(),
            freed: Arc::default(),
        }
    }

    /// Works until it is told to stop; calls that are under way are seen
    /// through first.
    pub async fn run(self, stop: CancellationToken) {
        let attempts = TaskTracker::new();
        let keeping = [
            tokio::spawn(sealer::run(self.store.clone(), stop.clone())),
            tokio::spawn(forget_old_sessions(self.store.clone(), stop.clone())),
        ];
        let mut changes = self.store.changes();
        while !stop.is_cancelled() {
            // One look serves all that was told so far.
            changes = changes.resubscribe();
            let busy = match self.round(&attempts).await {
                Ok(started) => started > 0,
                Err(problem) => {
                    tracing::error!(%problem, "the worker could not look for work; it tries again");
                    sleep(LONGEST_SLEEP).await;
                    false
                }
            };
            if busy {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.freed.notified() => {}
                () = sleep(self.until_next_due().await) => {}
                heard = changes.recv() => if heard == Err(RecvError::Closed) { break },
            }
        }
        attempts.close();
        attempts.wait().await;
        for task in keeping {
            let _ = task.await;
        }
    }

    /// Ends leases, claims what is due and starts to work on it; says how
    /// much it started.
    async fn round(&self, attempts: &TaskTracker) -> Result<usize, Problem> {
        expiry::end_leases(self).await?;
        let free = AT_A_TIME.saturating_sub(attempts.len());
        if free == 0 {
            return Ok(0);
        }
        let limits: HashMap<ServiceId, usize> = self
            .directory
            .all()
            .await?
            .iter()
            .map(|target| (target.service.id, usize::from(target.service.policy.concurrency)))
            .collect();
        let until = self.world.now().plus_millis(CLAIM_MILLIS);
        let room = |service| limits.get(&service).copied().unwrap_or(1).saturating_sub(self.busy_on(service));
        let claims = self.store.claim_due(free as u64, until, room).await?;
        let started = claims.len();
        for claim in claims {
            // Counted here and not when the task runs: the next round may
            // come before that.
            let service = claim.account.enrollment(claim.enrollment).map(|e| e.service_id);
            let working = service.ok().map(|service| Working::on(self, service));
            attempts.spawn(self.clone().work_on(claim, working));
        }
        Ok(started)
    }

    async fn work_on(self, claim: Claim, _working: Option<Working>) {
        if let Err(problem) = attempt::make(&self, &claim).await {
            // The claim runs out, and then the row is due again.
            tracing::warn!(enrollment = %claim.enrollment, %problem, "the outcome of an attempt was not stored");
        }
    }

    async fn until_next_due(&self) -> Duration {
        let due = self.store.next_due().await.ok().flatten();
        let millis = due.map_or(i64::MAX, |due| due.millis_since(self.world.now()));
        // A row that is due and was not claimed waits for room.
        let shortest = Duration::from_millis(50);
        Duration::from_millis(millis.max(0).unsigned_abs()).clamp(shortest, LONGEST_SLEEP)
    }

    fn busy_on(&self, service: ServiceId) -> usize {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).get(&service).copied().unwrap_or(0)
    }

    fn system(&self) -> Caller {
        Caller::from(Actor::System)
    }
}

/// Counts the attempts that are under way on each service.
struct Working {
    worker: Worker,
    service: ServiceId,
}

impl Working {
    fn on(worker: &Worker, service: ServiceId) -> Self {
        *worker.busy.lock().unwrap_or_else(PoisonError::into_inner).entry(service).or_default() += 1;
        Self { worker: worker.clone(), service }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut busy = self.worker.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.service) {
            *count -= 1;
        }
        drop(busy);
        self.worker.freed.notify_one();
    }
}

async fn forget_old_sessions(store: Store, stop: CancellationToken) {
    let mut hourly = interval(Duration::from_secs(3_600));
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(hourly.tick()).await.is_some() {
        if let Err(error) = store.delete_expired_sessions().await {
            tracing::warn!(%error, "old sessions could not be deleted");
        }
    }
}
