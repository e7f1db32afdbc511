//! Waiting for something to do.

use std::time::Duration;

use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::store::{Change, Store};

/// So often it is looked for work that nobody told of.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Word of commits, as far as it says that there may be something to do.
pub(super) struct News(Receiver<Change>);

impl News {
    /// From now on.
    pub fn of(store: &Store) -> Self {
        Self(store.changes())
    }

    /// Waits for the next commit.
    pub async fn wait(&mut self, stop: &CancellationToken) {
        self.wait_at_most(LONGEST_WAIT, stop).await;
    }

    /// Waits for the next commit, or for that long. One look serves all that
    /// was told so far.
    pub async fn wait_at_most(&mut self, longest: Duration, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(longest) => {}
            heard = self.0.recv() => if heard == Err(RecvError::Closed) {
                // The store is being closed: there is nothing to hear any more.
                stop.cancelled().await;
            },
        }
        self.0 = self.0.resubscribe();
    }
}
