//! `understudy backup`

use std::path::PathBuf;

use clap::Args;

use super::{CliError, answer, open_existing, operator};
use crate::config::StorageArgs;

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to make; it must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    storage: StorageArgs,
}

impl Backup {
    pub async fn run(self) -> Result<(), CliError> {
        let portal = open_existing(self.storage).await?;
        let backed_up = portal.back_up(&operator(), &self.file).await;
        backed_up.map_err(|error| CliError::Other(error.to_string()))?;
        answer(&self.file.display().to_string());
        Ok(())
    }
}
