//! `understudy exec`
//!
//! The account goes when the command ends, however it ends, unless one that
//! failed is to be looked into. Should `exec` itself be killed, the lease does
//! it: it is short, and renewed only while the command runs.

mod child;
mod lease;
mod run_name;
mod signals;

use std::{pin::pin, process::ExitCode, time::Duration};

use clap::Args;
use domain::{
    Ttl,
    account::{Credentials, ServiceCredentials},
    command::RequestAccount,
    upkeep::KeepRun,
};
use tokio::time::timeout;

use self::{child::Child, lease::Lease, signals::Signals};
use super::{
    CliError,
    arguments::{Pair, each_once, parse_pair, wrong_usage},
    client::{Api, ApiArgs},
    tell,
};

/// How long a request that is under way may still take after a signal, so
/// that what it makes can be given back.
const LAST_WORD: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(super) struct Exec {
    #[command(flatten)]
    api: ApiArgs,
    /// The services that the account is to be on, by slug.
    #[arg(long = "service", value_name = "SLUG", required = true, num_args = 1..)]
    services: Vec<String>,
    /// How long the account outlives `exec` if that is killed; while the command runs, it is renewed.
    #[arg(long, default_value = "5m")]
    ttl: Ttl,
    /// A label; can be given several times.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = parse_pair)]
    labels: Vec<Pair>,
    /// What to tell the service of it; can be given several times.
    #[arg(long = "attribute", value_name = "KEY=VALUE", value_parser = parse_pair)]
    attributes: Vec<Pair>,
    /// What kind of account: a persona of one of the services.
    #[arg(long)]
    persona: Option<String>,
    /// The CI run that owns the account [default: what GitHub Actions, GitLab or Jenkins call this one].
    #[arg(long, env = "UNDERSTUDY_RUN")]
    run: Option<String>,
    /// Why.
    #[arg(long)]
    purpose: Option<String>,
    /// Where the command fails, keep the account for so long, such as 30m: to look into it.
    #[arg(long, value_name = "DURATION")]
    keep_failed: Option<Ttl>,
    /// What to run, with UNDERSTUDY_<SLUG>_USERNAME and UNDERSTUDY_<SLUG>_PASSWORD set for each service.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

impl Exec {
    pub async fn run(self) -> Result<ExitCode, CliError> {
        let mut signals = Signals::listen()?;
        let run = self
            .run
            .filter(|run| !run.trim().is_empty())
            .unwrap_or_else(|| run_name::of_this_job(|name| std::env::var(name).ok()));
        let wanted = RequestAccount {
            services: self.services,
            labels: each_once("--label", self.labels),
            attributes: each_once("--attribute", self.attributes),
            persona: self.persona,
            run: Some(run.clone()),
            purpose: self.purpose,
            ..RequestAccount::default()
        };
        if let Some(longer) = self.keep_failed.filter(|ttl| *ttl > KeepRun::LONGEST) {
            wrong_usage(&format!("--keep-failed {longer}: must be at most {}", KeepRun::LONGEST));
        }
        let api = Api::new(self.api)?;
        let mut requesting = pin!(Lease::request(&api, wanted, self.ttl));
        let mut lease = tokio::select! {
            lease = &mut requesting => lease?,
            signal = signals.next() => {
                match timeout(LAST_WORD, requesting).await {
                    Ok(Ok(lease)) => give_back(lease, &mut signals).await,
                    Ok(Err(_)) => {}
                    Err(_) => tell("understudy: no answer yet; what comes of the request ends with its lease"),
                }
                return Ok(child::ended_by(signal).into());
            }
        };
        let end = run_with(&mut lease, &mut signals, &self.command, &run).await;
        match (self.keep_failed, &end) {
            // Who asks to stop has seen enough.
            (Some(ttl), Ok(End::Ran(1..))) if !signals.have_come() => keep(lease, ttl, &mut signals).await,
            _ => give_back(lease, &mut signals).await,
        }
        let (End::Ran(status) | End::NotRun(status)) = end?;
        Ok(status.into())
    }
}

/// What became of the command, with the exit status that says so.
enum End {
    /// It was run, and has ended.
    Ran(u8),
    /// It was never run.
    NotRun(u8),
}

/// Runs the command as soon as the account is there, and keeps the account
/// for as long as that takes.
async fn run_with(
    lease: &mut Lease,
    signals: &mut Signals,
    command: &[String],
    run: &str,
) -> Result<End, CliError> {
    let credentials = tokio::select! {
        credentials = lease.credentials() => credentials?,
        signal = signals.next() => return Ok(End::NotRun(child::ended_by(signal))),
    };
    let mut environment = variables(&credentials);
    environment.push(("UNDERSTUDY_RUN".to_owned(), run.to_owned()));
    let mut child = match Child::start(command, environment) {
        Ok(child) => child,
        Err(failed) => {
            tell(&format!("understudy: {failed}"));
            return Ok(End::NotRun(failed.exit_status()));
        }
    };
    tokio::select! {
        status = child.until_ended(signals) => Ok(End::Ran(status?)),
        never = lease.keep() => match never {},
    }
}

/// Leaves the account in place for so long, unless somebody cannot wait until
/// the portal knows.
async fn keep(mut lease: Lease, ttl: Ttl, signals: &mut Signals) {
    let kept = tokio::select! {
        kept = lease.keep_for(ttl) => kept,
        _ = signals.next() => Err(CliError::Other("asked to stop".to_owned())),
    };
    if let Err(error) = kept {
        let ends = lease.ends();
        tell(&format!("understudy: the account cannot be kept for {ttl}, its lease ends {ends}: {error}"));
    }
}

/// Waits until the account is gone, unless somebody cannot wait for that.
async fn give_back(lease: Lease, signals: &mut Signals) {
    let ends = lease.ends();
    tokio::select! {
        () = lease.give_back() => {}
        () = signals.insisted() => tell(&format!("understudy: leaving the account to its lease, which ends {ends}")),
    }
}

/// What the command is told of the account.
fn variables(credentials: &Credentials) -> Vec<(String, String)> {
    let of_service = |service: &ServiceCredentials| {
        let prefix =
            format!("UNDERSTUDY_{}", service.service.as_str().to_ascii_uppercase().replace('-', "_"));
        [
            (format!("{prefix}_USERNAME"), service.username.clone()),
            (format!("{prefix}_PASSWORD"), service.secret.expose().to_owned()),
        ]
    };
    credentials.services.iter().flat_map(of_service).collect()
}
