//! Word of what was committed: in this process at once, and on PostgreSQL in
//! every other process on the same database.

use std::time::Duration;

use domain::id::AccountId;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    sqlx::postgres::PgListener,
};
use tokio::{
    sync::broadcast::{Receiver, Sender, channel},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{Location, Store, StoreError};
use crate::world::World;

/// Under which name PostgreSQL passes it on.
const CHANNEL: &str = "understudy";

/// How many ids one message carries; PostgreSQL takes 8,000 bytes.
const IDS_AT_ONCE: usize = 200;

/// Something was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The account that it concerns, if it concerns one.
    pub account: Option<AccountId>,
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
        let (here, _) = channel(4_096);
        Self { here, sender: world.new_id().simple().to_string() }
    }

    pub fn subscribe(&self) -> Receiver<Change> {
        self.here.subscribe()
    }

    /// Tells this process.
    pub fn tell(&self, changes: &[Change]) {
        for change in changes {
            // Nobody may be listening; that is no failure.
            let _ = self.here.send(*change);
        }
    }

    /// Has the other processes told, if and when the transaction is committed.
    pub async fn announce(&self, tx: &DatabaseTransaction, changes: &[Change]) -> Result<(), StoreError> {
        if tx.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for some in changes.chunks(IDS_AT_ONCE) {
            let ids: Vec<String> =
                some.iter().map(|change| change.account.map_or(String::new(), |id| id.to_string())).collect();
            let payload = format!("{} {}", self.sender, ids.join(","));
            let notify = "SELECT pg_notify($1, $2)";
            let values = [CHANNEL.into(), payload.into()];
            tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, notify, values)).await?;
        }
        Ok(())
    }

    fn hear(&self, payload: &str) {
        match payload.split_once(' ') {
            Some((sender, _)) if sender == self.sender => {}
            Some((_, ids)) => {
                let changes: Vec<Change> =
                    ids.split(',').map(|id| Change { account: id.parse().ok() }).collect();
                self.tell(&changes);
            }
            None => tracing::warn!("an unknown message came through the database"),
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
        self.changes.tell(&[Change { account: None }]);
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
        self.tell_of_work();
        loop {
            match listener.try_recv().await? {
                Some(message) => self.changes.hear(message.payload()),
                None => self.tell_of_work(),
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
