//! The project's chores, run as `cargo xtask <command>`. Each one does the
//! set-up that it needs and says on stderr what it is about to do.

mod bench;
mod build;
mod bundle;
mod demo;
mod dev;
mod faults;
mod lint;
mod postgres;
mod process;
mod publish;
mod python;
mod real;
mod scan;
mod server;
mod setup;
mod shots;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::build::Profile;
use crate::workspace::Workspace;

/// The exit code that shells use for "ended by Ctrl-C".
const INTERRUPTED: u8 = 130;

#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "The project's chores")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the binary `understudy` with the browser bundle embedded
    Build {
        /// Optimise, and compress the bundle beforehand
        #[arg(long)]
        release: bool,
    },
    /// Set up, build and run the demo portal
    Demo {
        /// Passed on to `understudy demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build and run; rebuild and restart whenever a source changes
    Dev {
        /// Passed on to `understudy`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, default_value = "demo")]
        args: Vec<String>,
    },
    /// Set up and run every test, or those whose names hold one of the filters
    Test {
        /// Passed on to every test program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        filters: Vec<String>,
    },
    /// Run the presets' tests against the real software: all of it, or what is named
    ///
    /// What is missing is fetched first: RabbitMQ from Debian's packages, which are unpacked and not installed,
    /// the others from Python's, each in an environment of its own; all of it below the target folder. Each
    /// service then runs at free ports in a temporary folder, and is gone in the end, however the tests end. One
    /// that cannot be had is told in a last line, SKIPPED, and as failure.
    RealServices {
        /// Which services; all of them if none is named
        names: Vec<real::Kind>,
        /// Passed on to the test program, such as `-- --nocapture` to see what the checks answer
        #[arg(last = true)]
        filters: Vec<String>,
    },
    /// Kill the portal again and again under load, and see that nothing is lost or left over
    Faults {
        /// How often, on each database
        #[arg(long, default_value_t = 1_000)]
        kills: u32,
        /// What chance is to begin with; a run says its own
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Have schemathesis try the API and wapiti the pages; fail where they find something
    Scan {
        /// What chance is to begin with: another number makes other requests
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Check formatting, lints and what the browser bundle depends on
    Lint,
    /// Measure what the portal adds to the time of its services
    Bench,
    /// Make the README's screenshots anew
    Shots,
}

fn main() -> ExitCode {
    let chore = Cli::parse().chore;
    match run(&chore) {
        Ok(code) => code,
        Err(_) if process::interrupted() => ExitCode::from(INTERRUPTED),
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> Result<ExitCode> {
    process::forward_signals()?;
    let workspace = Workspace::find()?;
    match chore {
        Chore::Build { release } => {
            build::portal(&workspace, Profile::from_release_flag(*release))?;
        }
        Chore::Demo { args } => demo::run(&workspace, args)?,
        Chore::Dev { args } => dev::run(&workspace, args)?,
        Chore::Test { filters } => return test::run(&workspace, filters),
        Chore::RealServices { names, filters } => return real::run(&workspace, names, filters),
        Chore::Faults { kills, seed } => return faults::run(&workspace, *kills, *seed),
        Chore::Scan { seed } => return scan::run(&workspace, *seed),
        Chore::Lint => lint::sources(&workspace)?,
        Chore::Bench => return bench::run(&workspace),
        Chore::Shots => shots::run(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
