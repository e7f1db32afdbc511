//! Copying a database that is in use.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use sea_orm::{ConnectionTrait, DbErr};

use super::{Store, connect::Location};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// That database has its own means.
    #[error("PostgreSQL is backed up with its own `pg_dump`, which copies a database while it is in use")]
    NotSqlite,
    /// The file cannot be made.
    #[error("{path} cannot be made: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// The database failed, and the file is gone again.
    #[error("the database could not be copied: {0}")]
    Database(#[from] DbErr),
}

impl Store {
    /// Whether it can be copied by this at all.
    ///
    /// # Errors
    /// It is PostgreSQL.
    pub fn can_be_backed_up(&self) -> Result<(), BackupError> {
        match *self.location {
            Location::Sqlite(_) => Ok(()),
            Location::Postgres(_) => Err(BackupError::NotSqlite),
        }
    }

    /// Copies all that was committed by now into a new file that only its owner
    /// can read. Whoever writes meanwhile does not wait.
    ///
    /// # Errors
    /// It is PostgreSQL, the file is there already or cannot be made, or the
    /// database failed.
    pub async fn back_up(&self, file: &Path) -> Result<(), BackupError> {
        self.can_be_backed_up()?;
        let at = |source| BackupError::File { path: file.display().to_string(), source };
        let made = File::options().write(true).create_new(true).mode(0o600).open(file).map_err(at)?;
        let quoted = file.display().to_string().replace('\'', "''");
        let copied = self.read.execute_unprepared(&format!("VACUUM INTO '{quoted}'")).await;
        if let Err(error) = copied {
            // Half a copy is worse than none.
            let _ = fs::remove_file(file);
            return Err(error.into());
        }
        made.sync_all().map_err(at)
    }
}
