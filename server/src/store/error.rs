//! What can go wrong with the database.

use domain::{Problem, ProblemKind};
use sea_orm::{DbErr, SqlErr};

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not do what it was asked.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A row holds what this version cannot have written.
    #[error("{table}.{column} of row {row} holds {value:?}, which this version does not know")]
    BadRow {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
        /// Which row.
        row: String,
        /// What it holds.
        value: String,
    },
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    Stale,
    /// Another request has the same idempotency key.
    #[error("another request has the same idempotency key")]
    KeyTaken,
    /// The database cannot be reached, or its file cannot be used.
    #[error("{0}")]
    Location(String),
}

impl StoreError {
    /// Whether something with that unique name was there already.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::new(
                ProblemKind::Stale,
                "Somebody else changed it meanwhile. Look again, then decide again.",
            ),
            StoreError::KeyTaken => Self::new(
                ProblemKind::StillRunning,
                "A request with this Idempotency-Key is being carried out. Ask again in a moment.",
            ),
            StoreError::Database(_) | StoreError::BadRow { .. } | StoreError::Location(_) => {
                tracing::error!(%error, "the store failed");
                Self::internal()
            }
        }
    }
}
