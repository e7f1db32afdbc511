//! The audit sealer: follows behind the writers and chains their events, and
//! signs now and then what the chain has come to.

use std::{sync::Arc, time::Duration};

use domain::{Timestamp, Ttl};
use tokio::{sync::broadcast::error::RecvError, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    audit::Heads,
    store::{Store, StoreError},
    world::World,
};

/// Events that come within this time are sealed together.
const GATHER: Duration = Duration::from_millis(100);

/// So often it looks for events of other processes.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Chains events and signs heads of the chain.
#[derive(Debug)]
pub struct Sealer {
    store: Store,
    heads: Arc<Heads>,
    sign_every: Ttl,
    world: World,
    /// Up to which event the last head goes, and when it was signed.
    signed: Option<(u64, Timestamp)>,
}

impl Sealer {
    /// One that has not begun; a head is signed every `sign_every` while there
    /// is something new.
    pub const fn new(store: Store, heads: Arc<Heads>, sign_every: Ttl, world: World) -> Self {
        Self { store, heads, sign_every, world, signed: None }
    }

    /// Seals until it is told to stop, beginning with what a crash left, and
    /// seals and signs once more at the end.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut changes = self.store.changes();
        self.look_back().await;
        loop {
            if let Err(error) = self.store.seal_pending().await {
                tracing::error!(%error, "the audit could not be sealed; it is tried again");
            }
            let is_last = stop.is_cancelled();
            if let Err(error) = self.sign(is_last).await {
                tracing::error!(%error, "what the audit has come to could not be looked up; it is tried again");
            }
            if is_last {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => continue,
                () = sleep(LOOK_EVERY) => {}
                heard = changes.recv() => if matches!(heard, Err(RecvError::Closed)) { return },
            }
            let _ = stop.run_until_cancelled(sleep(GATHER)).await;
            changes = changes.resubscribe();
        }
    }

    /// Whether the database still holds what was signed last: an older copy
    /// does not.
    async fn look_back(&mut self) {
        let last = match self.heads.kept() {
            Ok(heads) => heads.into_iter().next_back(),
            Err(error) => {
                tracing::error!(%error, "the signed heads of the audit cannot be read");
                return;
            }
        };
        let Some(last) = last else { return };
        match self.store.seal_at(last.seq).await {
            Ok(Some(hash)) if hash == last.hash => {}
            Ok(_) => tracing::error!(
                seq = last.seq,
                at = %last.at,
                "the audit is not the one whose head was signed last: this database is an older copy, or its history \
                 was changed; `understudy audit verify` says more"
            ),
            Err(error) => tracing::error!(%error, "the audit's last signed head could not be looked up"),
        }
        self.signed = Some((last.seq, last.at));
    }

    async fn sign(&mut self, is_last: bool) -> Result<(), StoreError> {
        let now = self.world.now();
        let is_due = self.signed.is_none_or(|(_, at)| {
            let since = now.millis_since(at);
            // A clock that was set back must not keep it from signing.
            since < 0 || since >= self.sign_every.as_millis()
        });
        if !is_due && !is_last {
            return Ok(());
        }
        let Some((seq, hash)) = self.store.chain_head().await? else { return Ok(()) };
        if self.signed.is_some_and(|(signed, _)| signed == seq) {
            return Ok(());
        }
        if let Err(error) = self.heads.keep(seq, hash, now).await {
            tracing::error!(%error, "a head of the audit could not be kept; the next one is tried in its turn");
        }
        self.signed = Some((seq, now));
        Ok(())
    }
}
