//! One transaction of changes, committed together with their events.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Account, id::AccountId};
use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::{
    Change, Store, StoreError,
    changes::Changes,
    events::{Events, NewEvent},
};
use crate::{crash, world::World};

/// One transaction of changes.
///
/// Its methods stand beside the reads of the same table. There are only two
/// ways to keep what they changed: [`commit`](Self::commit), which takes the
/// events that tell of it, and `commit_claims`, for the worker's queue.
#[derive(Debug)]
pub struct UnitOfWork {
    pub(super) tx: DatabaseTransaction,
    pub(super) world: World,
    pub(super) changes: Changes,
    noted: Mutex<Noted>,
}

/// What others are to hear of once it is committed.
#[derive(Debug, Default)]
struct Noted {
    saved: HashMap<AccountId, Arc<Account>>,
    work: bool,
}

impl Store {
    /// Begins a unit of work. On SQLite it is the only one until its end.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(&self) -> Result<UnitOfWork, StoreError> {
        let options = TransactionOptions {
            // A transaction that reads first and writes later would fail as
            // busy instead of waiting its turn.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.write.begin_with_options(options).await?;
        Ok(UnitOfWork {
            tx,
            world: self.world.clone(),
            changes: self.changes.clone(),
            noted: Mutex::default(),
        })
    }
}

impl UnitOfWork {
    /// Notes what the commit makes of the account.
    pub(super) fn note_saved(&self, account: &Account) {
        self.noted().saved.insert(account.id, Arc::new(account.clone()));
    }

    /// Notes that there is work for the worker, if the account wants anything
    /// done.
    pub(super) fn note_work(&self, account: &Account) {
        self.noted().work |= account.enrollments.iter().any(|e| e.next_attempt_at.is_some());
    }

    /// What it means to others that this event is committed.
    pub(super) fn change(&self, event: &NewEvent) -> Change {
        let Some(account) = event.account else { return Change::WORK };
        let noted = self.noted();
        Change { account: Some(account), saved: noted.saved.get(&account).cloned(), work: noted.work }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        // Each note is a single step, so a panic elsewhere left none half done.
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the events and commits: all of it, or nothing.
    ///
    /// # Errors
    /// Another request has the same idempotency key
    /// ([`StoreError::KeyTaken`]), or the database did not take it; nothing
    /// was changed.
    pub async fn commit(self, events: Events) -> Result<(), StoreError> {
        let mut changes: Vec<Change> = events.iter().map(|event| self.change(event)).collect();
        changes.sort_unstable_by_key(|change| change.account);
        changes.dedup_by_key(|change| change.account);
        self.remember_request(&events).await?;
        self.insert_events(events).await?;
        crash::point("commit-before");
        self.tx.commit().await?;
        crash::point("commit-after");
        self.changes.tell(changes);
        Ok(())
    }

    /// Commits that claims were given back, and nothing else.
    ///
    /// # Errors
    /// The database did not take it; the claims are still held.
    pub async fn commit_release(self) -> Result<(), StoreError> {
        let changes = self.changes.clone();
        self.commit_claims().await?;
        // What was given back may be due.
        changes.tell([Change::WORK]);
        Ok(())
    }

    /// Commits that some enrollments were claimed for work: no change that
    /// anybody would look for in the audit.
    ///
    /// # Errors
    /// The database did not take it; nothing was claimed.
    pub(super) async fn commit_claims(self) -> Result<(), StoreError> {
        crash::point("claim-before");
        self.tx.commit().await?;
        crash::point("claim-after");
        Ok(())
    }
}
