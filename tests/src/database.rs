//! Databases: one for each test, and a way into it past the portal.

use std::{env, fmt, path::Path};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use server::store::Location;
use url::Url;

/// Where tests find a PostgreSQL on which they may create databases.
const POSTGRES: &str = "UNDERSTUDY_TEST_POSTGRES";

/// On which database a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// The embedded one.
    Sqlite,
    /// A server's.
    Postgres,
}

impl Database {
    /// An empty database, which is dropped with the answer.
    pub async fn create(self, folder: &Path) -> OwnDatabase {
        match self {
            Self::Sqlite => OwnDatabase::in_folder(folder),
            Self::Postgres => OwnDatabase::on_server("template0").await,
        }
    }
}

/// A database that belongs to one test.
pub struct OwnDatabase {
    url: String,
    server: Option<(Url, String)>,
}

impl fmt::Debug for OwnDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl OwnDatabase {
    fn in_folder(folder: &Path) -> Self {
        Self { url: format!("sqlite://{}", folder.join("understudy.db").display()), server: None }
    }

    async fn on_server(template: &str) -> Self {
        let server = env::var(POSTGRES).unwrap_or_else(|_| {
            panic!("{POSTGRES} is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL for them")
        });
        let server = Url::parse(&server).unwrap_or_else(|error| panic!("{POSTGRES} is no URL: {error}"));
        let name = format!("test_{}", uuid::Uuid::from_u128(rand()).simple());
        // Files are copied quicker than they are written to the log.
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
        execute(&server, &sql).await.unwrap();
        let mut url = server.clone();
        url.set_path(&name);
        Self { url: url.into(), server: Some((server, name)) }
    }

    /// A copy of a database that nobody uses; in that folder where it is a file,
    /// which has been copied already.
    pub async fn copy(&self, folder: &Path) -> Self {
        match &self.server {
            Some((_, name)) => Self::on_server(name).await,
            None => Self::in_folder(folder),
        }
    }

    /// Where it is, as the command line takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it is, as the settings hold it.
    pub fn location(&self) -> Location {
        Location::parse(&self.url).unwrap()
    }

    /// A way into it past the portal.
    pub async fn raw(&self) -> Raw {
        Raw::at(&self.url).await
    }
}

impl Drop for OwnDatabase {
    /// Thrown away while the test may still be connected to it.
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else { return };
        let drop = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            // What is left behind goes with the whole server.
            let _ = runtime.map(|runtime| runtime.block_on(execute(&server, &sql)));
        });
        let _ = drop.join();
    }
}

/// Random enough to name a database.
fn rand() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    half() << 64 | half()
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await
}

async fn execute(server: &Url, sql: &str) -> Result<(), DbErr> {
    let connection = connect(server.as_str()).await?;
    connection.execute_unprepared(sql).await?;
    connection.close().await
}

/// The database itself: to look for what must not be there, and to do what
/// nobody may.
#[derive(Debug)]
pub struct Raw(DatabaseConnection);

impl Raw {
    /// The one at that URL.
    pub async fn at(url: &str) -> Self {
        Self(connect(url).await.unwrap())
    }

    /// Carries out a statement; says how many rows it changed.
    ///
    /// # Errors
    /// The database refused.
    pub async fn execute(&self, sql: &str) -> Result<u64, DbErr> {
        Ok(self.0.execute_unprepared(sql).await?.rows_affected())
    }

    /// The first column of the first row, as text.
    pub async fn text(&self, sql: &str) -> Option<String> {
        self.column(sql).await.into_iter().next()
    }

    /// The first column of all rows, as text.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(statement).await.unwrap();
        rows.into_iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The names of a table's columns.
    pub async fn columns(&self, table: &str) -> Vec<String> {
        self.column(&if self.is_postgres() {
            format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
        } else {
            format!("SELECT name FROM pragma_table_info('{table}')")
        })
        .await
    }

    /// Takes a trigger away, as somebody would who owns the database.
    pub async fn drop_trigger(&self, table: &str, change: &str) {
        let trigger = format!("{table}_refuse_{change}");
        let of_table = if self.is_postgres() { format!(" ON {table}") } else { String::new() };
        self.execute(&format!("DROP TRIGGER {trigger}{of_table}")).await.unwrap();
    }

    /// Lets this connection break references between tables.
    pub async fn ignore_references(&self) {
        let postgres = "SET session_replication_role = replica";
        let sqlite = "PRAGMA foreign_keys = OFF";
        self.execute(if self.is_postgres() { postgres } else { sqlite }).await.unwrap();
    }

    /// The content of every column of every table, each on a line.
    pub async fn dump(&self) -> Vec<u8> {
        let postgres = self.is_postgres();
        let columns = self.column(if postgres {
            "SELECT table_name || '.' || column_name || '.' || data_type FROM information_schema.columns \
             WHERE table_schema = 'public'"
        } else {
            "SELECT t.name || '.' || c.name || '.' || c.type FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table'"
        });
        let mut dump = Vec::new();
        for column in columns.await {
            let mut parts = column.splitn(3, '.');
            let (table, name, kind) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            // Taken over in hex, as what is sealed is no text.
            let hex = match (postgres, kind) {
                (false, _) => format!("hex(\"{name}\")"),
                (true, "bytea") => format!("encode(\"{name}\", 'hex')"),
                (true, _) => format!("encode(convert_to(\"{name}\"::text, 'UTF8'), 'hex')"),
            };
            let sql = format!("SELECT {hex} FROM \"{table}\" WHERE \"{name}\" IS NOT NULL");
            for value in self.column(&sql).await {
                dump.extend(format!("{table}.{name}: ").bytes());
                dump.extend(hex::decode(value).unwrap());
                dump.push(b'\n');
            }
        }
        dump
    }

    /// All that a file of SQLite's holds, also what no row is any more.
    pub async fn file(&self) -> Option<Vec<u8>> {
        if self.is_postgres() {
            return None;
        }
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        let path = self.text("SELECT file FROM pragma_database_list WHERE name = 'main'").await.unwrap();
        Some(std::fs::read(path).unwrap())
    }

    fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }
}
