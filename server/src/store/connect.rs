//! Opening the database and bringing it to today's shape.

use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use domain::Timestamp;
use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, EntityTrait,
    TransactionTrait,
    sqlx::{
        self, ConnectOptions as _,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};
use tokio::time::timeout;

use super::{
    Store, StoreError,
    changes::{Changes, database_millis},
};
use crate::world::World;

/// How long it is tried to reach a PostgreSQL that does not answer.
const CONNECTING_TAKES: Duration = Duration::from_secs(10);

/// A connection that was used so lately is taken to be still there.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL.
    Postgres(String),
}

impl fmt::Debug for Location {
    // A PostgreSQL URL can hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

impl fmt::Display for Location {
    /// What tells one database from another, and no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match url.parse::<PgConnectOptions>() {
                Ok(options) => {
                    let database = options.get_database().unwrap_or_else(|| options.get_username());
                    write!(f, "{}:{}/{database}", options.get_host(), options.get_port())
                }
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

impl Location {
    /// Reads `sqlite://path` or `postgres://…`.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(':') {
                return Err("sqlite:// needs the path of a file".to_owned());
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err("the database must be sqlite://PATH or postgres://…".to_owned())
    }
}

impl Store {
    /// Opens the database, makes it where there is none, and brings it to
    /// today's shape.
    ///
    /// # Errors
    /// It cannot be reached, or not be brought to today's shape.
    pub async fn open(location: Location, world: World) -> Result<Self, StoreError> {
        let (read, write) = match &location {
            Location::Sqlite(path) => open_sqlite(path).await?,
            Location::Postgres(url) => open_postgres(url).await?,
        };
        let changes = Changes::new(&world);
        let store = Self { read, write, world, changes, location: Arc::new(location) };
        store.follow_clock().await?;
        Ok(store)
    }

    /// Brings what SQLite has written beside its file into it, and empties that:
    /// it still had what was overwritten in the file.
    ///
    /// # Errors
    /// The database failed.
    pub async fn overwrite_the_log(&self) -> Result<(), StoreError> {
        if self.backend() == DbBackend::Sqlite {
            self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Whether there is a database of ours.
    ///
    /// # Errors
    /// That cannot be found out.
    pub async fn is_there(location: &Location) -> Result<bool, StoreError> {
        match location {
            Location::Sqlite(path) => Ok(path.exists()),
            Location::Postgres(url) => {
                let mut connection = reach(url).await?;
                let ours = sqlx::query_scalar("SELECT to_regclass('seaql_migrations') IS NOT NULL");
                ours.fetch_one(&mut connection).await.map_err(|error| unusable(&error))
            }
        }
    }

    /// On PostgreSQL, sets this process's clock by the database's, so that
    /// all processes agree on when leases and claims end.
    ///
    /// # Errors
    /// The database failed.
    pub async fn follow_clock(&self) -> Result<(), StoreError> {
        if self.backend() == DbBackend::Postgres
            && let Some(millis) = database_millis(&self.read).await?
        {
            self.world.set_clock(Timestamp::from_millis(millis));
        }
        Ok(())
    }

    /// Whether the database answers and has today's shape; it may have a newer
    /// one, which today's can be used beside.
    pub async fn is_ready(&self) -> bool {
        match has_todays_shape(&self.read).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, location = ?self.location, "the database does not answer");
                false
            }
        }
    }

    /// Closes all connections; on SQLite this also folds the log back.
    pub async fn close(self) {
        for connection in [self.read, self.write] {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    private_file(path).map_err(|error| StoreError::Location(error.to_string()))?;
    let url = format!("sqlite://{}?mode=rw", path.display());
    let options = |connections: u32| {
        let mut options = ConnectOptions::new(&url);
        // A file does not hang up, so there is nothing to test before each use.
        options.max_connections(connections).test_before_acquire(false).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|sqlite| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                // What is erased or shredded is overwritten, not merely let go.
                .pragma("secure_delete", "ON")
                .busy_timeout(Duration::from_secs(10))
        });
        options
    };
    // One writer: SQLite has no more than that, and who waits for it here
    // waits in order instead of failing as busy.
    let write = Database::connect(options(1)).await?;
    // Commands beside a starting server would otherwise migrate at once.
    let lock_path = path.with_extension("lock");
    let lock = private_file(&lock_path).and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| {
        StoreError::Location(format!("{} cannot be locked: {error}", lock_path.display()))
    })?;
    bring_to_todays_shape(&write).await?;
    drop(lock);
    let read = Database::connect(options(4)).await?;
    Ok((read, write))
}

/// Does nothing where nothing is to be done: the role that serves need not be
/// allowed to make tables.
async fn bring_to_todays_shape(db: &DatabaseConnection) -> Result<(), DbErr> {
    if SchemaManager::new(db).has_table("seaql_migrations").await? && has_todays_shape(db).await? {
        return Ok(());
    }
    Migrator::up(db, None).await
}

async fn has_todays_shape(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let applied = seaql_migrations::Entity::find().all(db).await?;
    let is_applied = |step: &str| applied.iter().any(|applied| applied.version == step);
    Ok(Migrator::migrations().iter().all(|step| is_applied(step.name())))
}

/// Opens a file, and makes it where there is none, so that only its owner can
/// read it; SQLite gives the files beside it the same mode.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().create(true).append(true).mode(0o600).open(path)
}

/// A connection outside of any pool: a pool would try again for as long as it
/// may, and then say only that this was in vain.
async fn reach(url: &str) -> Result<PgConnection, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|error| unusable(&error))?;
    match timeout(CONNECTING_TAKES, options.connect()).await {
        Ok(connected) => connected.map_err(|error| unusable(&error)),
        Err(_) => Err(StoreError::Location(format!("no answer within {} s", CONNECTING_TAKES.as_secs()))),
    }
}

/// The cause itself, without the library's introduction to it.
fn unusable(error: &sqlx::Error) -> StoreError {
    StoreError::Location(if let sqlx::Error::Io(cause) = error {
        cause.to_string()
    } else if let Some(cause) = error.as_database_error() {
        cause.message().to_owned()
    } else {
        error.to_string()
    })
}

async fn open_postgres(url: &str) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    reach(url).await?;
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .connect_timeout(CONNECTING_TAKES)
        .acquire_timeout(CONNECTING_TAKES)
        .test_before_acquire_if_idle_for(TRUSTED_FOR)
        .sqlx_logging(false);
    let pool = Database::connect(options).await?;
    let lock = pool.begin().await?;
    lock.execute_raw(sea_orm::Statement::from_string(
        DbBackend::Postgres,
        format!("SELECT pg_advisory_xact_lock({})", advisory_lock::MIGRATE),
    ))
    .await?;
    bring_to_todays_shape(&pool).await?;
    lock.commit().await?;
    Ok((pool.clone(), pool))
}

/// The advisory locks that this program takes on PostgreSQL: numbers that no
/// other program is likely to take in the same database.
pub(super) mod advisory_lock {
    /// One process migrates at a time.
    pub const MIGRATE: i64 = 0x756e_6465_7201;
    /// One process seals at a time.
    pub const SEAL: i64 = 0x756e_6465_7202;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_that_fails_halfway_is_done_anew_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("half.db").display());
        let db = Database::connect(url).await.unwrap();
        Migrator::up(&db, Some(6)).await.unwrap();
        // The last statement of the seventh step makes an index of that name.
        db.execute_unprepared("CREATE TABLE enrollments_held (x)").await.unwrap();
        Migrator::up(&db, None).await.unwrap_err();
        db.execute_unprepared("DROP TABLE enrollments_held").await.unwrap();
        Migrator::up(&db, None).await.unwrap();
    }
}
