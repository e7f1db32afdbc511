//! Forgetting what is of no use any more, and keeping to the database's time.

use std::time::Duration;

use domain::{Actor, actor::Caller, audit::Action, time::Ttl};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Retention,
    store::{NewEvent, Overripe, Store, StoreError},
    world::World,
};

/// So often this process's clock is set by the database's.
const FOLLOW_CLOCK_EVERY: Duration = Duration::from_secs(10);

/// So often old things are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// How long a repeated request is recognised, in milliseconds.
const REQUESTS_KEPT: i64 = 24 * 3_600 * 1_000;

/// How long it is known which token a CI run had, in milliseconds, after that
/// has run out. The audit knows it for good.
const RUNS_KEPT: i64 = 30 * 24 * 3_600 * 1_000;

/// Keeps house.
#[derive(Debug)]
pub struct Housekeeper {
    store: Store,
    world: World,
    retention: Retention,
}

impl Housekeeper {
    /// For that store, where things are kept so long.
    pub const fn new(store: Store, world: World, retention: Retention) -> Self {
        Self { store, world, retention }
    }

    /// Keeps house until it is told to stop.
    pub(super) async fn run(self, stop: CancellationToken) {
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
                    if let Err(error) = self.store.follow_clock().await {
                        tracing::warn!(%error, "the database did not tell the time");
                    }
                }
                _ = forget.tick() => {
                    self.delete_what_ran_out().await;
                    if let Err(error) = self.keep_to_the_retention().await {
                        tracing::warn!(%error, "what was kept long enough could not be forgotten");
                    }
                }
            }
        }
    }

    async fn delete_what_ran_out(&self) {
        let (store, now) = (&self.store, self.world.now());
        if let Err(error) = store.forget_requests(now.plus_millis(-REQUESTS_KEPT)).await {
            tracing::warn!(%error, "old idempotency keys could not be deleted");
        }
        if let Err(error) = store.delete_expired_sessions().await {
            tracing::warn!(%error, "old sessions could not be deleted");
        }
        if let Err(error) = store.delete_expired_invitations().await {
            tracing::warn!(%error, "old one-time links could not be deleted");
        }
        if let Err(error) = store.delete_bound_tokens(now.plus_millis(-RUNS_KEPT)).await {
            tracing::warn!(%error, "old tokens of CI runs could not be deleted");
        }
    }

    async fn keep_to_the_retention(&self) -> Result<(), StoreError> {
        let before = |kept: Ttl| self.world.now().plus_millis(-kept.as_millis());
        let ended = self.retention.ended_accounts.map(before);
        let happened = self.retention.audit_details.map(before);
        let overripe = self.store.overripe(ended, happened).await?;
        if overripe == Overripe::default() {
            return Ok(());
        }
        let Overripe { accounts, batches, events } = overripe;
        let details = json!({ "accounts": accounts, "batches": batches, "events": events });
        let by = Caller::from(Actor::System);
        self.store.record(NewEvent::new(Action::DetailsForgotten, &by).details(details)).await?;
        self.store.seal_pending().await?;
        if let Some(before) = ended {
            self.store.forget_batches(before).await?;
            self.store.forget_accounts(before).await?;
        }
        if let Some(before) = happened {
            self.store.forget_event_details(before).await?;
        }
        self.store.overwrite_the_log().await
    }
}
