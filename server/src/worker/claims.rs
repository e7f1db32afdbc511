//! The claims that this process holds: made longer while it works on them,
//! and let go of the moment they have run out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Timestamp, id::EnrollmentId};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::{
    store::{Claim, ClaimKey, Store},
    world::World,
};

/// How long a claim lasts unless it is made longer. A dead process's work is
/// taken over after that.
const TERM: Duration = Duration::from_secs(15);

/// When claims run out that are made, or made longer, at that time.
pub(super) const fn run_out(made: Timestamp) -> Timestamp {
    made.plus_millis(TERM.as_millis() as i64)
}

/// So often claims are made longer.
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// The claims that this process holds, and until when each is safe.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims(Arc<Mutex<HashMap<ClaimKey, Instant>>>);

impl Claims {
    /// Holds the claim, which was asked for at `asked_at`.
    pub fn hold(&self, claim: &Claim, asked_at: Instant) -> Hold {
        self.all().insert(claim.key(), asked_at + TERM);
        Hold { claims: self.clone(), key: claim.key() }
    }

    /// Makes claims longer until it is told to stop.
    pub async fn keep(self, store: Store, world: World, stop: CancellationToken) {
        let mut often = interval(RENEW_EVERY);
        often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(often.tick()).await.is_some() {
            let keys: Vec<ClaimKey> = self.all().keys().copied().collect();
            if keys.is_empty() {
                continue;
            }
            let asked_at = Instant::now();
            let until = run_out(world.now());
            match store.extend_claims(&keys, until).await {
                Ok(owned) => self.extended(&keys, &owned, asked_at),
                Err(error) => tracing::warn!(%error, "claims could not be made longer; it is tried again"),
            }
        }
    }

    fn extended(&self, asked: &[ClaimKey], owned: &[EnrollmentId], asked_at: Instant) {
        let mut all = self.all();
        for key in asked {
            // What was given back meanwhile is not held any more.
            if let Some(deadline) = all.get_mut(key) {
                *deadline = if owned.contains(&key.0) { asked_at + TERM } else { asked_at };
            }
        }
    }

    fn deadline(&self, key: ClaimKey) -> Instant {
        self.all().get(&key).copied().unwrap_or_else(Instant::now)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ClaimKey, Instant>> {
        // Each change is a single step, so a panic elsewhere left none half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A claim that this process holds, until this is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    claims: Claims,
    key: ClaimKey,
}

impl Hold {
    /// Does the work unless and until the claim has run out: also when the
    /// whole process was stopped meanwhile, nothing is begun after that.
    pub async fn while_held<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        loop {
            let deadline = self.claims.deadline(self.key);
            if deadline <= Instant::now() {
                return None;
            }
            tokio::select! {
                biased;
                () = sleep_until(deadline) => {}
                done = &mut work => return Some(done),
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.claims.all().remove(&self.key);
    }
}
