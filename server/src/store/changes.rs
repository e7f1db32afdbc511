//! Word of what was committed: in this process at once, and on PostgreSQL in
//! every other process on the same database.

use std::{sync::Arc, time::Duration};

use domain::{Account, id::AccountId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, sqlx::postgres::PgListener};
use tokio::{
    sync::broadcast::{Receiver, Sender, channel},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{Location, Store, StoreError};
use crate::world::World;

/// Under which name PostgreSQL passes it on, as the migrations have it.
const CHANNEL: &str = "understudy";

/// How many changes somebody who listens can be behind before some are lost.
const HEARD_LATE: usize = 1_024;

/// What a message says before the account: there may be work, or there is none.
const WORK: &str = "work";
const NEWS: &str = "news";

/// Something was committed.
#[derive(Clone, Debug)]
pub enum Change {
    /// Of one account.
    Account {
        /// Which one.
        id: AccountId,
        /// As it was saved, if this process saved it.
        saved: Option<Arc<Account>>,
        /// Whether there may be work now that there was not before.
        work: bool,
    },
    /// There may be work, wherever.
    Work,
    /// Something is on record that changed nothing.
    Record,
    /// Other processes went unheard for a while: anything may have changed.
    Unheard,
}

impl Change {
    /// Whether there may be work now that there was not before.
    pub const fn may_bring_work(&self) -> bool {
        match self {
            Self::Account { work, .. } => *work,
            Self::Work | Self::Unheard => true,
            Self::Record => false,
        }
    }

    /// Whether it may concern more than one account.
    pub const fn is_general(&self) -> bool {
        matches!(self, Self::Work | Self::Unheard)
    }
}

/// Passes word of changes on.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    here: Sender<Change>,
    /// Who sends: a process need not hear itself.
    sender: String,
}

impl Changes {
    pub fn new(world: &World) -> Self {
        let (here, _) = channel(HEARD_LATE);
        Self { here, sender: world.new_id().simple().to_string() }
    }

    pub fn subscribe(&self) -> Receiver<Change> {
        self.here.subscribe()
    }

    /// Tells this process.
    pub fn tell(&self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            // Nobody may be listening; that is no failure.
            let _ = self.here.send(change);
        }
    }

    /// What other processes are told of the change, with its event; `None`
    /// where it is nothing to them: an account stays as it was, or is new and
    /// its work is taken.
    pub fn message(&self, change: &Change) -> Option<String> {
        let (kind, account) = match change {
            Change::Account { id, work: true, .. } => (WORK, id.to_string()),
            Change::Account { id, saved: Some(saved), .. } if saved.version > 0 => (NEWS, id.to_string()),
            Change::Work => (WORK, String::new()),
            Change::Account { .. } | Change::Record | Change::Unheard => return None,
        };
        Some(format!("{} {kind} {account}", self.sender))
    }

    fn hear(&self, payload: &str) {
        let parts: Vec<&str> = payload.splitn(3, ' ').collect();
        match parts[..] {
            [sender, ..] if sender == self.sender => {}
            [_, WORK, ""] => self.tell([Change::Work]),
            [_, kind @ (WORK | NEWS), account] => match account.parse() {
                Ok(id) => self.tell([Change::Account { id, saved: None, work: kind == WORK }]),
                Err(_) => tracing::warn!("an unknown account came through the database"),
            },
            _ => tracing::warn!("an unknown message came through the database"),
        }
    }
}

impl Store {
    /// Word of every commit, from now on.
    pub fn changes(&self) -> Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells this process that there may be something to do.
    pub(super) fn tell_of_work(&self) {
        self.changes.tell([Change::Work]);
    }

    /// Hears of the commits of other processes until it is told to stop. On
    /// SQLite there is nothing to hear.
    pub async fn listen(self, stop: CancellationToken) {
        if !matches!(*self.location, Location::Postgres(_)) {
            return;
        }
        while !stop.is_cancelled() {
            let heard = stop.run_until_cancelled(self.listen_until_broken()).await;
            if let Some(Err(error)) = heard {
                // What was missed meanwhile is found by looking.
                tracing::warn!(%error, "other processes are not heard; the connection is made anew");
                let _ = stop.run_until_cancelled(sleep(Duration::from_secs(1))).await;
            }
        }
    }

    async fn listen_until_broken(&self) -> Result<(), sea_orm::sqlx::Error> {
        let mut listener = PgListener::connect_with(self.read.get_postgres_connection_pool()).await?;
        listener.listen(CHANNEL).await?;
        self.changes.tell([Change::Unheard]);
        loop {
            match listener.try_recv().await? {
                Some(message) => self.changes.hear(message.payload()),
                // The connection was lost, and is there again.
                None => self.changes.tell([Change::Unheard]),
            }
        }
    }
}

/// The time by the database's own clock.
pub(super) async fn database_millis(db: &DatabaseConnection) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}
