//! `understudy keys`

use clap::Subcommand;

use super::{CliError, answer, open_existing, operator, tell};
use crate::config::StorageArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// List the keys: id, how much each has sealed. The first one seals.
    List {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Make a new key and seal everything with it, while the portal serves.
    Rotate {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Seal everything with the first key, after you have put a new one there.
    Reseal {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Do away with the keys that have sealed nothing that is still there.
    Prune {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

impl Keys {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::List { storage } => {
                for (id, sealed) in open_existing(storage).await?.list_keys(&operator()).await? {
                    answer(&format!("{id}\t{sealed}"));
                }
            }
            Self::Rotate { storage } => {
                let sealed = open_existing(storage).await?.rotate_keys(&operator()).await?;
                tell("the old keys still open backups; `understudy keys prune` does away with them");
                answer(&sealed.to_string());
            }
            Self::Reseal { storage } => {
                answer(&open_existing(storage).await?.reseal(&operator()).await?.to_string());
            }
            Self::Prune { storage } => {
                for id in open_existing(storage).await?.prune_keys(&operator()).await? {
                    answer(&id.to_string());
                }
            }
        }
        Ok(())
    }
}
