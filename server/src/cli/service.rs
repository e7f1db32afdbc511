//! `understudy service`

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use domain::{
    Problem,
    portal::{Applied, Services},
};
use serde::Deserialize;

use super::{CliError, answer, open, operator};
use crate::{config::StorageArgs, handlers::Handlers};

#[derive(Debug, Subcommand)]
pub(super) enum Service {
    /// Register or change the services that the files describe; all are checked before the first is applied.
    Apply {
        #[command(flatten)]
        storage: StorageArgs,
        /// TOML files with `[[service]]` tables.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List the services.
    List {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceFile {
    service: Vec<serde_json::Value>,
}

impl Service {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Apply { storage, files } => apply(&open(storage).await?, &files).await,
            Self::List { storage } => {
                for service in open(storage).await?.list_services(&operator()).await? {
                    let (slug, environment, url) = (service.slug, service.environment, service.base_url);
                    answer(&format!("{slug}\t{environment}\t{url}\t{}", service.connector));
                }
                Ok(())
            }
        }
    }
}

async fn apply(portal: &Handlers, files: &[PathBuf]) -> Result<(), CliError> {
    let mut tables = Vec::new();
    for file in files {
        for table in read(file)? {
            // All are checked before the first is applied.
            portal.directory.check(&table).await.map_err(|problem| wrong(file, &table, &problem))?;
            tables.push((file, table));
        }
    }
    for (file, table) in tables {
        let applied = portal.apply_service(&operator(), table.clone()).await;
        match applied.map_err(|problem| wrong(file, &table, &problem))? {
            Applied::Registered(service) => answer(&format!("{}\tregistered", service.slug)),
            Applied::Changed(service) => answer(&format!("{}\tchanged", service.slug)),
            Applied::Unchanged(service) => answer(&format!("{}\tunchanged", service.slug)),
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<serde_json::Value>, CliError> {
    let text = fs::read_to_string(file)
        .map_err(|error| CliError::Other(format!("{} cannot be read: {error}", file.display())))?;
    let parsed: ServiceFile = toml::from_str(&text)
        .map_err(|error| CliError::Other(format!("{} is no service file: {error}", file.display())))?;
    Ok(parsed.service)
}

fn wrong(file: &Path, table: &serde_json::Value, problem: &Problem) -> CliError {
    let slug = table.get("slug").and_then(|slug| slug.as_str()).unwrap_or("(no slug)");
    CliError::Other(format!("{}, service {slug}: {problem}", file.display()))
}
