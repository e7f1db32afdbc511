//! Forgetting what is of no use any more, and keeping to the database's time.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{store::Store, world::World};

/// So often this process's clock is set by the database's.
const FOLLOW_CLOCK_EVERY: Duration = Duration::from_secs(10);

/// So often old things are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// How long a repeated request is recognised, in milliseconds.
const REQUESTS_KEPT: i64 = 24 * 3_600 * 1_000;

/// How long it is known which token a CI run had, in milliseconds, after that
/// has run out. The audit knows it for good.
const RUNS_KEPT: i64 = 30 * 24 * 3_600 * 1_000;

/// Keeps house until it is told to stop.
pub(super) async fn run(store: Store, world: World, stop: CancellationToken) {
    let every = |period| {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    };
    let (mut clock, mut forget) = (every(FOLLOW_CLOCK_EVERY), every(FORGET_EVERY));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {
                if let Err(error) = store.follow_clock().await {
                    tracing::warn!(%error, "the database did not tell the time");
                }
            }
            _ = forget.tick() => {
                let before = world.now().plus_millis(-REQUESTS_KEPT);
                if let Err(error) = store.forget_requests(before).await {
                    tracing::warn!(%error, "old idempotency keys could not be deleted");
                }
                if let Err(error) = store.delete_expired_sessions().await {
                    tracing::warn!(%error, "old sessions could not be deleted");
                }
                if let Err(error) = store.delete_expired_invitations().await {
                    tracing::warn!(%error, "old one-time links could not be deleted");
                }
                let before = world.now().plus_millis(-RUNS_KEPT);
                if let Err(error) = store.delete_bound_tokens(before).await {
                    tracing::warn!(%error, "old tokens of CI runs could not be deleted");
                }
            }
        }
    }
}
