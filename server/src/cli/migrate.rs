//! `understudy migrate`

use clap::Args;

use super::{CliError, tell};
use crate::{
    config::{Config, StorageArgs},
    store::Store,
    world::World,
};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    storage: StorageArgs,
    /// Let this role of PostgreSQL's use the portal's tables, but not bend its history.
    #[arg(long = "for", value_name = "ROLE")]
    role: Option<String>,
}

impl Migrate {
    pub async fn run(self) -> Result<(), CliError> {
        let config = Config::settle(self.storage, None)?;
        let fails = |error: crate::store::StoreError| CliError::Other(error.to_string());
        let store = Store::open(config.database, World::system()).await.map_err(fails)?;
        if let Some(role) = &self.role {
            store.allow(role).await.map_err(fails)?;
            tell(&format!("{role} can serve the portal"));
        }
        store.close().await;
        Ok(())
    }
}
