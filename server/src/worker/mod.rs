//! The reconciler: makes come true on the services what the database says.
//!
//! The rows are the queue. The worker claims what is due, calls the service
//! with no transaction open, and commits the outcome together with its
//! events. It acts on how things stand, not on what happened: after a crash
//! it simply goes on.

mod attempt;
mod backoff;
mod change;
mod claims;
mod cleanup;
mod clock_watch;
mod expiry;
mod housekeeping;
mod intake;
mod lanes;
mod login;
mod news;
mod outcome;
mod provision;
mod remove;
mod retiring;
mod sealer;
mod settle;
mod sweep;

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{Actor, Problem, Ttl, actor::Caller, id::ServiceId};
use tokio::{
    sync::{mpsc, mpsc::Sender},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{claims::Claims, clock_watch::ClockWatch, intake::Taken, lanes::Lanes, news::News, settle::Done};
pub use self::{
    housekeeping::Housekeeper,
    intake::{Intake, Places},
    sealer::Sealer,
};
use crate::{
    directory::Directory,
    secrets::keyring::Keyring,
    store::{Claim, Store, Term},
    world::World,
};

/// How many enrollments are in hand at a time, over all services.
const AT_A_TIME: usize = 512;

/// How many are claimed in one transaction.
const CLAIMED_AT_ONCE: usize = 64;

/// What the worker stands on.
#[derive(Clone, Debug)]
pub struct Worker {
    store: Store,
    keyring: Arc<Keyring>,
    directory: Directory,
    world: World,
    email_domain: Arc<str>,
    call_limit: Duration,
    sweep_every: Ttl,
    lanes: Lanes,
    claims: Claims,
    settler: Sender<Done>,
}

/// What comes in for the worker, until it is started.
#[derive(Debug)]
pub struct Inbox {
    done: mpsc::Receiver<Done>,
    taken: mpsc::UnboundedReceiver<Taken>,
}

impl Worker {
    /// A worker that does nothing yet; a call to a service takes no longer
    /// than `call_limit`, and each service is swept every `sweep_every`.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        directory: Directory,
        world: World,
        email_domain: &str,
        call_limit: Duration,
        sweep_every: Ttl,
    ) -> (Self, Intake, Inbox) {
        let (settler, done) = mpsc::channel(AT_A_TIME);
        let (sender, taken) = mpsc::unbounded_channel();
        let (lanes, claims) = (Lanes::default(), Claims::default());
        let intake = Intake { lanes: lanes.clone(), claims: claims.clone(), world: world.clone(), sender };
        let worker = Self {
            store,
            keyring,
            directory,
            world,
            email_domain: email_domain.into(),
            call_limit,
            sweep_every,
            lanes,
            claims,
            settler,
        };
        (worker, intake, Inbox { done, taken })
    }

    /// Works until it is told to stop; calls that are under way are seen
    /// through first.
    pub async fn run(self, inbox: Inbox, sealer: Sealer, house: Housekeeper, stop: CancellationToken) {
        let mut watch = ClockWatch::new(&self.world);
        // The clock may have been set back while nobody watched it.
        if let Err(problem) = clock_watch::pull_in(&self, self.world.now()).await {
            tracing::error!(%problem, "what was put off too far could not be pulled in");
        }
        // What ran out while nobody looked comes first.
        if let Err(problem) = expiry::look(&self, &mut watch).await {
            tracing::error!(%problem, "what has run out could not be ended; it is tried again");
        }
        let holding = CancellationToken::new();
        let keeping =
            tokio::spawn(self.claims.clone().keep(self.store.clone(), self.world.clone(), holding.clone()));
        let settling = tokio::spawn(settle::run(self.clone(), inbox.done));
        let beside = TaskTracker::new();
        beside.spawn(expiry::run(self.clone(), watch, stop.clone()));
        beside.spawn(cleanup::run(self.clone(), stop.clone()));
        beside.spawn(retiring::run(self.clone(), stop.clone()));
        beside.spawn(sweep::run(self.clone(), stop.clone()));
        beside.spawn(sealer.run(stop.clone()));
        beside.spawn(house.run(stop.clone()));
        beside.spawn(self.store.clone().listen(stop.clone()));
        let attempts = TaskTracker::new();
        beside.spawn(intake::run(self.clone(), inbox.taken, attempts.clone(), stop.clone()));
        self.claim_and_attempt(&attempts, &stop).await;
        beside.close();
        beside.wait().await;
        attempts.close();
        attempts.wait().await;
        // The last of the senders: then the settler comes to its end.
        drop(self);
        let _ = settling.await;
        holding.cancel();
        let _ = keeping.await;
    }

    async fn claim_and_attempt(&self, attempts: &TaskTracker, stop: &CancellationToken) {
        let mut news = News::of_work(&self.store);
        while !stop.is_cancelled() {
            match self.round(attempts).await {
                // What is due beyond that waits for a place, or somebody tells of it.
                Ok(..CLAIMED_AT_ONCE) => {
                    let due = self.until_next_due().await;
                    tokio::select! {
                        () = self.lanes.freed() => {}
                        () = news.wait_at_most(due, stop) => {}
                    }
                }
                Ok(_) => {}
                Err(problem) => {
                    tracing::error!(%problem, "the worker could not look for work; it tries again");
                    news.wait_at_most(news::LONGEST_WAIT, stop).await;
                }
            }
        }
    }

    /// Claims what is due and starts to work on it; says how much it started.
    async fn round(&self, attempts: &TaskTracker) -> Result<usize, Problem> {
        let free = AT_A_TIME.saturating_sub(attempts.len());
        if free == 0 {
            return Ok(0);
        }
        let limits: HashMap<ServiceId, u16> = self
            .directory
            .all()
            .await?
            .iter()
            .map(|target| (target.service.id, target.service.policy.concurrency))
            .collect();
        let room = |service| self.lanes.seek(service, limits.get(&service).copied().unwrap_or(1));
        self.lanes.begin_look();
        let asked_at = Instant::now();
        let mut claims = self.store.claim_due(free.min(CLAIMED_AT_ONCE), self.term(), room).await?;
        for service in self.lanes.to_probe(asked_at) {
            let probe = self.store.claim_next(service, self.term()).await?;
            if probe.is_empty() {
                self.lanes.give_a_chance(service);
            }
            claims.extend(probe);
        }
        let started = claims.len();
        for claim in claims {
            self.start(attempts, claim, asked_at);
        }
        Ok(started)
    }

    fn start(&self, attempts: &TaskTracker, claim: Claim, asked_at: Instant) {
        let hold = self.claims.hold(&claim, asked_at);
        let place = self.lanes.enter(claim.service);
        attempts.spawn(attempt::make(self.clone(), claim, hold, place, None));
    }

    fn term(&self) -> Term {
        let until = claims::run_out(self.world.now());
        Term { until, settled_by: until.plus_millis(self.settle_millis()) }
    }

    /// How long something that was sent to a service may still be done after
    /// nobody waits for it any more.
    fn settle_millis(&self) -> i64 {
        2 * self.call_limit.as_millis() as i64
    }

    async fn settle(&self, done: Done) {
        // The settler outlives all who send to it.
        let _ = self.settler.send(done).await;
    }

    async fn until_next_due(&self) -> Duration {
        if self.lanes.any_down() {
            return Duration::from_millis(250);
        }
        let due = self.store.next_due().await.ok().flatten();
        let millis = due.map_or(i64::MAX, |due| due.millis_since(self.world.now()));
        // A row that is due and was not claimed waits for room.
        let shortest = Duration::from_millis(50);
        Duration::from_millis(millis.max(0).unsigned_abs()).clamp(shortest, news::LONGEST_WAIT)
    }

    fn system(&self) -> Caller {
        Caller::from(Actor::System)
    }
}
