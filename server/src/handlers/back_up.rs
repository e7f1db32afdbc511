//! A copy of the whole database.

use std::path::Path;

use domain::{Problem, actor::Caller, audit::Action};
use serde_json::json;

use super::Handlers;
use crate::store::{BackupError, NewEvent};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum NotBackedUp {
    /// It is not on record, so nothing was copied.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// It was not copied.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

pub(super) async fn run(portal: &Handlers, by: &Caller, file: &Path) -> Result<(), NotBackedUp> {
    portal.store.can_be_backed_up()?;
    // The copy tells of itself, and what it holds is sealed up to then.
    let made = NewEvent::new(Action::BackupMade, by).details(json!({ "file": file }));
    portal.store.record(made).await.map_err(Problem::from)?;
    portal.store.seal_pending().await.map_err(Problem::from)?;
    Ok(portal.store.back_up(file).await?)
}
