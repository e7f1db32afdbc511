//! Watches the clock by which leases end: one that jumps ends none.

use std::time::Duration;

use domain::{Problem, Timestamp, audit::Action, upkeep::ExpiryPause};
use serde_json::json;

use super::{Worker, backoff, claims};
use crate::{store::NewEvent, world::World};

/// By more than this, a clock jumps.
const JUMP: Duration = Duration::from_secs(5 * 60);

/// So long nothing ends after a jump, unless an admin says so before.
const PAUSE: Duration = Duration::from_secs(10 * 60);

/// Compares the clock with the time that has really passed.
pub(super) struct ClockWatch {
    wall: Timestamp,
    monotonic: Duration,
}

impl ClockWatch {
    /// Begins to watch.
    pub fn new(world: &World) -> Self {
        Self { wall: world.now(), monotonic: world.monotonic() }
    }

    /// The time now; `None` while the clock cannot be trusted.
    pub async fn trusted_now(&mut self, worker: &Worker) -> Result<Option<Timestamp>, Problem> {
        let (seen, jumped) = self.look(&worker.world);
        if jumped.unsigned_abs() > JUMP.as_millis() as u64 {
            pause(worker, seen.wall, jumped).await?;
        }
        // Not before: a jump that could not be written down is seen again.
        *self = seen;
        match worker.store.expiry_pause().await? {
            None => Ok(Some(self.wall)),
            Some(pause) if pause.holds_at(self.wall) => Ok(None),
            Some(_) => {
                let work = worker.store.begin().await?;
                if work.end_expiry_pause().await? {
                    let resumed = NewEvent::new(Action::ExpiryResumed, &worker.system()).details(json!({}));
                    work.commit(resumed.into()).await?;
                }
                Ok(Some(self.wall))
            }
        }
    }

    /// How the clocks stand now, and by how many milliseconds the one went
    /// forward, or back, without that much time having passed since.
    fn look(&self, world: &World) -> (Self, i64) {
        // Any time may pass between two looks at clocks: the process may be
        // stopped there. So one is looked at before and after the other.
        let (before, wall, after) = (world.monotonic(), world.now(), world.monotonic());
        let since = |monotonic: Duration| monotonic.saturating_sub(self.monotonic).as_millis() as i64;
        let gone_by = wall.millis_since(self.wall);
        let passed = gone_by.clamp(since(before), since(after));
        let seen = Self { wall, monotonic: self.monotonic + Duration::from_millis(passed.unsigned_abs()) };
        (seen, gone_by - passed)
    }
}

async fn pause(worker: &Worker, now: Timestamp, jumped: i64) -> Result<(), Problem> {
    let pause = ExpiryPause {
        jumped_by_secs: jumped / 1_000,
        since: now,
        until: now.plus_millis(PAUSE.as_millis() as i64),
    };
    tracing::error!(jumped_by_secs = pause.jumped_by_secs, until = %pause.until, "the clock jumped; nothing expires for a while");
    let work = worker.store.begin().await?;
    work.pause_expiry(&pause).await?;
    let paused = NewEvent::new(Action::ExpiryPaused, &worker.system()).details(json!(pause));
    work.commit(paused.into()).await?;
    if jumped < 0 {
        pull_in(worker, now).await?;
    }
    Ok(())
}

/// Sees to it that nothing is put off to a time that is far away, since a
/// clock was set back.
pub(super) async fn pull_in(worker: &Worker, now: Timestamp) -> Result<(), Problem> {
    let attempts = now.plus_millis(backoff::LONGEST.as_millis() as i64);
    Ok(worker.store.pull_in(attempts, claims::run_out(now)).await?)
}
