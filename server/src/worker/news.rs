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
pub(super) struct News {
    changes: Receiver<Change>,
    is_news: fn(&Change) -> bool,
}

impl News {
    /// Of those that may have made work, from now on.
    pub fn of_work(store: &Store) -> Self {
        Self { changes: store.changes(), is_news: Change::may_bring_work }
    }

    /// Of those that concern more than one account, from now on.
    pub fn of_batches(store: &Store) -> Self {
        Self { changes: store.changes(), is_news: Change::is_general }
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
            () = self.heard() => {}
        }
        self.changes = self.changes.resubscribe();
    }

    async fn heard(&mut self) {
        loop {
            match self.changes.recv().await {
                Ok(change) if !(self.is_news)(&change) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                // The store is being closed: there is nothing to hear any more.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
