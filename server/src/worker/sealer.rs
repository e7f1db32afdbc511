//! The audit sealer: follows behind the writers and chains their events.

use std::time::Duration;

use tokio::{sync::broadcast::error::RecvError, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// Events that come within this time are sealed together.
const GATHER: Duration = Duration::from_millis(100);

/// So often it looks for events of other processes.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Seals until it is told to stop, beginning with what a crash left, and
/// seals once more at the end.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    let mut changes = store.changes();
    loop {
        if let Err(error) = store.seal_pending().await {
            tracing::error!(%error, "the audit could not be sealed; it is tried again");
        }
        if stop.is_cancelled() {
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
