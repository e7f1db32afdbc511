//! One transaction of changes, committed together with their events.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Account, id::AccountId};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

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
/// events that tell of it, and, for the worker's queue,
/// [`commit_bookkeeping`](Self::commit_bookkeeping).
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
    /// Whether there is nobody to keep anything from: SQLite has one writer,
    /// and that is this unit of work.
    pub(super) fn is_alone(&self) -> bool {
        self.tx.get_database_backend() == DbBackend::Sqlite
    }

    /// Notes what the commit makes of the account.
    pub(super) fn note_saved(&self, account: &Account) {
        self.noted().saved.insert(account.id, Arc::new(account.clone()));
    }

    /// Notes that there is work for the worker, if the account wants anything
    /// done.
    pub(super) fn note_work(&self, account: &Account) {
        self.noted().work |= account.enrollments.iter().any(|e| e.next_attempt_at.is_some());
    }

    /// Notes that there is work for the worker, whatever else there is.
    pub(super) fn note_more_work(&self) {
        self.noted().work = true;
    }

    /// What it means to others that this event is committed.
    pub(super) fn change(&self, event: &NewEvent) -> Change {
        let Some(id) = event.account else { return Change::Work };
        let noted = self.noted();
        Change::Account { id, saved: noted.saved.get(&id).cloned(), work: noted.work }
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
        let mut told = HashSet::new();
        let news = events.iter().filter(|event| told.insert(event.account));
        let changes: Vec<Change> = news.map(|event| self.change(event)).collect();
        self.remember_request(&events).await?;
        self.insert_events(events).await?;
        crash::point("commit-before");
        self.tx.commit().await?;
        crash::point("commit-after");
        self.changes.tell(changes);
        Ok(())
    }

    /// Commits the worker's bookkeeping: claims taken, made longer or given
    /// back, what may still land on a service, how far a batch is begun, what
    /// only one sweep has seen; and how far something is forgotten of which the
    /// audit says already that it is. No change that anybody would look for in the
    /// audit.
    ///
    /// # Errors
    /// The database did not take it; nothing was changed.
    pub async fn commit_bookkeeping(self) -> Result<(), StoreError> {
        crash::point("claim-before");
        let work = self.noted().work;
        self.tx.commit().await?;
        crash::point("claim-after");
        if work {
            self.changes.tell([Change::Work]);
        }
        Ok(())
    }
}
