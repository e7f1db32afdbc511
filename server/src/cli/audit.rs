//! `understudy audit`

use clap::Subcommand;
use domain::portal::Audit as _;

use super::{CliError, answer, open_existing, operator};
use crate::config::StorageArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Recompute the whole chain; exit code 1 and the first bad event where it is not whole.
    Verify {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

impl Audit {
    pub async fn run(self) -> Result<(), CliError> {
        let Self::Verify { storage } = self;
        let portal = open_existing(storage).await?;
        // What a stopped portal left unchained is chained first.
        portal.store.seal_pending().await.map_err(domain::Problem::from)?;
        let verdict = portal.verify_audit(&operator()).await?;
        if let Some(bad) = verdict.first_bad {
            let event = bad.event.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
            let place = bad.seq.map_or_else(String::new, |seq| format!(" (number {seq} in the chain)"));
            return Err(CliError::Other(format!(
                "the audit is not whole: event {event}{place}: {}",
                bad.reason
            )));
        }
        let head = verdict.head.unwrap_or_else(|| "none".to_owned());
        answer(&format!(
            "whole: {} events, {} not chained yet, head {head}",
            verdict.events, verdict.unsealed
        ));
        Ok(())
    }
}
