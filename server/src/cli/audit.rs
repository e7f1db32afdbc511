//! `understudy audit`

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand, ValueEnum};
use domain::{
    Problem,
    audit::{AuditVerdict, ExportFormat, ListEvents},
    portal::Audit as _,
};
use futures::TryStreamExt;

use super::{CliError, answer, open_existing, operator};
use crate::{
    audit::{self, head_line},
    config::StorageArgs,
    secrets::audit_key::PublicKey,
};

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Recompute the whole chain and hold it against the signed heads; exit code 1 and the first bad event where it is
    /// not whole.
    Verify(Verify),
    /// Write the history to standard output, oldest first; as NDJSON with all that is needed to check it elsewhere.
    Export(Export),
    /// Print the public key with which an export can be checked.
    Key {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Check an export instead of the database; nothing else is needed but the key.
    #[arg(long, value_name = "FILE", requires = "public_key")]
    export: Option<PathBuf>,
    /// Whose signatures count for an export, as `understudy audit key` prints it; can be given several times.
    #[arg(long, value_name = "KEY", requires = "export")]
    public_key: Vec<PublicKey>,
    #[command(flatten)]
    storage: StorageArgs,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// In which form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    storage: StorageArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line an event, with its seal, and the signed heads behind them.
    #[default]
    Ndjson,
    /// A row an event, for spreadsheets.
    Csv,
}

impl Audit {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Verify(Verify { export: Some(path), public_key, .. }) => {
                let open = || File::open(&path).map(BufReader::new);
                let verdict = audit::verify(open, &public_key);
                told(verdict.map_err(|error| CliError::Other(format!("{}: {error}", path.display())))?)
            }
            Self::Verify(Verify { storage, .. }) => verify(storage).await,
            Self::Export(export) => export.run().await,
            Self::Key { storage } => {
                answer(&open_existing(storage).await?.heads.public_key().to_string());
                Ok(())
            }
        }
    }
}

async fn verify(storage: StorageArgs) -> Result<(), CliError> {
    let portal = open_existing(storage).await?;
    // What a stopped portal left unchained is chained first.
    portal.store.seal_pending().await.map_err(Problem::from)?;
    told(portal.verify_audit(&operator()).await?)
}

fn told(verdict: AuditVerdict) -> Result<(), CliError> {
    if let Some(bad) = verdict.first_bad {
        let event = bad.event.map_or_else(String::new, |id| format!("event {id}"));
        let place = match (bad.seq, bad.event) {
            (Some(seq), Some(_)) => format!(" (number {seq} in the chain)"),
            (Some(seq), None) => format!("number {seq} in the chain"),
            (None, _) => String::new(),
        };
        let what = format!("{event}{place}");
        let colon = if what.is_empty() { "" } else { ": " };
        return Err(CliError::Other(format!("the audit is not whole: {what}{colon}{}", bad.reason)));
    }
    let head = verdict.head.unwrap_or_else(|| "none".to_owned());
    let signed =
        verdict.signed.map_or_else(|| "none of them".to_owned(), |seq| format!("up to number {seq}"));
    answer(&format!(
        "whole: {} events, {} not chained yet, signed for {signed}, head {head}",
        verdict.events, verdict.unsealed
    ));
    Ok(())
}

impl Export {
    async fn run(self) -> Result<(), CliError> {
        let portal = open_existing(self.storage).await?;
        // Those of before: what is signed meanwhile may know of more events.
        let heads = portal.heads.kept().map_err(|error| CliError::Other(error.to_string()))?;
        let mut pages = portal.export_events(&operator(), ListEvents::default()).await?;
        let mut out = io::stdout().lock();
        if let Format::Csv = self.format {
            out.write_all(&audit::csv_header())?;
        }
        while let Some(page) = pages.try_next().await? {
            let lines = audit::write(self.format.into(), &page).ok_or_else(Problem::internal)?;
            out.write_all(&lines)?;
        }
        if let Format::Ndjson = self.format {
            for head in heads {
                writeln!(out, "{}", head_line(&head))?;
            }
        }
        Ok(out.flush()?)
    }
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Ndjson => Self::Ndjson,
            Format::Csv => Self::Csv,
        }
    }
}
