//! `understudy service`

use std::{fs, path::PathBuf};

use clap::Subcommand;
use domain::{
    check::CheckStep,
    command::WithReason,
    drift::{DriftKind, Found},
    portal::{Applied, Drift, Services},
    service::{self, RetireService},
};

use super::{CliError, answer, open, open_existing, operator, secret, serve::Stop, tell};
use crate::{
    config::StorageArgs,
    connectors::{
        ServiceFile,
        service_file::{Faults, SCHEMA},
    },
    handlers::Handlers,
};

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
    /// Try a service out, on the service itself, with an account that does not stay.
    Check {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which service.
        slug: String,
        /// Print what came of it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give the portal a service's own secret, which its definition calls `sealed`; it is asked for.
    Seal {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which service.
        slug: String,
        /// Read the secret from standard input.
        #[arg(long)]
        secret_stdin: bool,
    },
    /// List the services, each with its state where that is not active.
    List {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Let a service give no new accounts out; what is there goes on.
    Pause {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which.
        slug: String,
        /// Why; whoever asks for an account there is told.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let a paused service give accounts out again.
    Resume {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which.
        slug: String,
    },
    /// Do away with a service, if it holds no accounts.
    Retire {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which.
        slug: String,
        /// Revoke all that it holds first, which the running portal does; it is retired once that is proven gone.
        #[arg(long)]
        drain: bool,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Print the JSON Schema of service files, by which editors complete and check them.
    Schema,
    /// Compare a service's accounts with the ledger; what was minted here and should be gone is deleted there.
    Sweep {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which service.
        slug: String,
        /// Say what is found, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print what is found as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Service {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Apply { storage, files } => apply(&open(storage).await?, &files).await?,
            Self::Check { storage, slug, json } => check(&open_existing(storage).await?, &slug, json).await?,
            Self::Seal { storage, slug, secret_stdin } => {
                let portal = open_existing(storage).await?;
                let secret = secret::read("Secret", "--secret-stdin", secret_stdin)?;
                let service = portal.seal_service_secret(&operator(), &slug, secret).await?;
                answer(service.slug.as_str());
            }
            Self::List { storage } => {
                for service in open_existing(storage).await?.list_services(&operator()).await? {
                    answer(&line(&service));
                }
            }
            Self::Pause { storage, slug, reason } => {
                let (portal, command) = (open_existing(storage).await?, WithReason { reason });
                answer_state(&portal.pause_service(&operator(), &slug, command).await?);
            }
            Self::Resume { storage, slug } => {
                let portal = open_existing(storage).await?;
                answer_state(&portal.resume_service(&operator(), &slug).await?);
            }
            Self::Retire { storage, slug, drain, reason } => {
                let (portal, command) = (open_existing(storage).await?, RetireService { drain, reason });
                answer_state(&portal.retire_service(&operator(), &slug, command).await?);
            }
            Self::Schema => answer(SCHEMA.trim_end()),
            Self::Sweep { storage, slug, dry_run, json } => {
                sweep(&open_existing(storage).await?, &slug, dry_run, json).await?
            }
        }
        Ok(())
    }
}

fn line(service: &service::Service) -> String {
    let service::Service { slug, environment, base_url, connector, state, .. } = service;
    let line = format!("{slug}\t{environment}\t{base_url}\t{connector}");
    if state.gives_out() { line } else { format!("{line}\t{state}") }
}

fn answer_state(service: &service::Service) {
    answer(&format!("{}\t{}", service.slug, service.state));
}

async fn apply(portal: &Handlers, paths: &[PathBuf]) -> Result<(), CliError> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| CliError::Other(format!("{name} cannot be read: {error}")))?;
        match ServiceFile::parse(name, &text) {
            Ok(file) => files.push(file),
            Err(wrong) => faults.push(wrong),
        }
    }
    if let Some(faults) = Faults::all(faults) {
        return Err(CliError::Other(faults.to_string()));
    }
    let applied = portal.apply_service_files(&operator(), &files).await;
    for applied in applied.map_err(|error| CliError::Other(error.to_string()))? {
        match applied {
            Applied::Registered(service) => answer(&format!("{}\tregistered", service.slug)),
            Applied::Changed(service) => answer(&format!("{}\tchanged", service.slug)),
            Applied::Unchanged(service) => answer(&format!("{}\tunchanged", service.slug)),
        }
    }
    Ok(())
}

async fn check(portal: &Handlers, slug: &str, json: bool) -> Result<(), CliError> {
    let mut stop = Stop::listen()?;
    let by = operator();
    let checking = portal.check_service(&by, slug);
    tokio::pin!(checking);
    let check = tokio::select! {
        check = &mut checking => check?,
        () = stop.told() => {
            tell("finishing: what was begun on the service is taken away first; another signal leaves it to the portal");
            tokio::select! {
                check = &mut checking => check?,
                () = stop.told() => {
                    let why = format!("{slug}: the check was ended; what it left is removed within some minutes");
                    return Err(CliError::Other(why));
                }
            }
        }
    };
    if json {
        answer(&serde_json::to_string_pretty(&check).unwrap_or_default());
    } else {
        for CheckStep { name, ok, detail, took_ms } in &check.steps {
            let verdict = if *ok { "ok" } else { "FAILED" };
            answer(&format!("{name}\t{verdict}\t{took_ms} ms\t{detail}"));
        }
    }
    let failed: Vec<_> = check.steps.iter().filter(|step| !step.ok).map(|step| step.name.as_str()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(CliError::Other(format!("{slug} does not do what its definition says: {}", failed.join(", "))))
}

async fn sweep(portal: &Handlers, slug: &str, dry_run: bool, json: bool) -> Result<(), CliError> {
    let found = portal.sweep_service(&operator(), slug, dry_run).await?;
    if json {
        answer(&serde_json::to_string_pretty(&found).unwrap_or_default());
    } else {
        found.unknown.iter().for_each(|one| answer(&found_line(DriftKind::Unknown, one)));
        found.missing.iter().for_each(|one| answer(&found_line(DriftKind::Missing, one)));
    }
    match found.unknown.iter().filter(|one| one.problem.is_some()).count() {
        0 => Ok(()),
        1 => Err(CliError::Other(format!("one account of ours could not be deleted from {slug}"))),
        left => Err(CliError::Other(format!("{left} accounts of ours could not be deleted from {slug}"))),
    }
}

fn found_line(kind: DriftKind, found: &Found) -> String {
    let minted = if found.minted { "minted here" } else { "not minted here" };
    let problem = found.problem.as_ref().map(|problem| format!("\t{problem}")).unwrap_or_default();
    format!("{kind}\t{}\t{minted}\t{}{problem}", found.username, found.state)
}
