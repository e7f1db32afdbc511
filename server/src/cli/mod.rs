//! The command line.
//!
//! Results go to standard output, messages to standard error. Exit codes: 0
//! done, 1 failed, 2 wrong usage.

mod account;
mod arguments;
mod audit;
mod backup;
mod batch;
mod cleanup;
mod client;
mod demo;
mod exec;
mod keys;
mod logging;
mod migrate;
mod person;
mod sandbox;
mod secret;
mod serve;
mod service;
mod team;
mod token;
mod wording;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::{Actor, Problem, actor::Caller};

use crate::{
    config::{Config, ConfigError, StorageArgs},
    crash,
    handlers::Handlers,
    wiring::{self, StartError},
    world::World,
};

/// The audited portal for test accounts.
#[derive(Debug, Parser)]
#[command(name = "understudy", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the portal.
    Serve(serve::Serve),
    /// Run the portal with a sandbox service and people to try it, on a throw-away database.
    Demo(demo::Demo),
    /// Run the sandbox: a small service to create test accounts on.
    Sandbox(sandbox::Sandbox),
    /// Add, list and change people, in the database itself.
    #[command(subcommand)]
    Person(person::Person),
    /// Add, list and remove teams, in the database itself.
    #[command(subcommand)]
    Team(team::Team),
    /// Issue, list and revoke API tokens, in the database itself.
    #[command(subcommand)]
    Token(token::Token),
    /// Register services, in the database itself.
    #[command(subcommand)]
    Service(service::Service),
    /// Check the audit trail or take a copy of it, in the database itself.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Change the keys that seal passwords, in the database itself.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Bring the database to today's shape, as `serve` does; on PostgreSQL, for a role that may not.
    Migrate(migrate::Migrate),
    /// Copy the database into a new file, while the portal serves it (SQLite).
    Backup(backup::Backup),
    /// Request, see, reveal, renew, reset and revoke accounts, through the API.
    Account(account::Account),
    /// Take away all accounts of a run, a label or the like, through the API.
    Cleanup(cleanup::Cleanup),
    /// Run a command with accounts of its own, which are taken away however it ends.
    Exec(exec::Exec),
}

/// Why a command failed; all of them end with exit code 1.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{}", wording::of_command(.0))]
    Problem(#[from] Problem),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The portal did not answer; it may do so in a moment.
    #[error("{0}")]
    Unavailable(String),
    #[error("{0}")]
    Other(String),
}

/// Runs the command that the process was called with.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match with_log(cli.command).await {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("understudy: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn with_log(command: Command) -> Result<ExitCode, CliError> {
    let _crashes = crash::listen();
    let _log = logging::init().map_err(CliError::Other)?;
    carry_out(command).await
}

async fn carry_out(command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Serve(serve) => serve.run().await?,
        Command::Demo(demo) => demo.run().await?,
        Command::Sandbox(sandbox) => sandbox.run().await?,
        Command::Person(person) => person.run().await?,
        Command::Team(team) => team.run().await?,
        Command::Token(token) => token.run().await?,
        Command::Service(service) => service.run().await?,
        Command::Audit(audit) => audit.run().await?,
        Command::Keys(keys) => keys.run().await?,
        Command::Migrate(migrate) => migrate.run().await?,
        Command::Backup(backup) => backup.run().await?,
        Command::Account(account) => account.run().await?,
        Command::Cleanup(cleanup) => cleanup.run().await?,
        Command::Exec(exec) => return exec.run().await,
    }
    Ok(ExitCode::SUCCESS)
}

/// The portal over the database that the settings name, for a command that
/// sits beside it; the database is made where there is none.
async fn open(storage: StorageArgs) -> Result<Handlers, CliError> {
    let config = Config::settle(storage, None)?;
    Ok(wiring::open(&config, World::system()).await?)
}

/// The same, for a command that has nothing to do where there is none.
async fn open_existing(storage: StorageArgs) -> Result<Handlers, CliError> {
    let config = Config::settle(storage, None)?;
    Ok(wiring::open_existing(&config, World::system()).await?)
}

fn operator() -> Caller {
    Caller::from(Actor::Operator)
}

/// Writes a result.
fn answer(text: &str) {
    use std::io::Write;
    // Whoever closed the other end of the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Writes a message.
fn tell(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}
