//! `cargo xtask test`: all set-up, then every test.

use std::env;
use std::num::NonZeroUsize;
use std::process::{Command, ExitCode};
use std::thread;

use anyhow::{Result, anyhow};

use crate::build::{self, Profile};
use crate::postgres::Cluster;
use crate::process::{say, status};
use crate::real::{self, Kind, Services};
use crate::workspace::Workspace;
use crate::{bundle, setup};

/// Where the tests find a PostgreSQL on which they may create databases.
const POSTGRES_URL: &str = "UNDERSTUDY_TEST_POSTGRES";

/// How many tests run at a time, unless told otherwise.
const THREADS: &str = "RUST_TEST_THREADS";

/// Tests wait for processes, databases and browsers more than they compute.
const TESTS_PER_CORE: usize = 2;

/// Runs the tests and returns cargo's own verdict, which it has already told.
pub fn run(workspace: &Workspace, filters: &[String]) -> Result<ExitCode> {
    setup::wasm_target()?;
    setup::tests(workspace, cluster_is_ours())?;
    let real_services: &[Kind] = if filters.is_empty() { &real::SMALL } else { &[] };
    let installed = thread::scope(|scope| {
        let installing = scope.spawn(|| real::install(workspace, real_services));
        bundle::make(workspace, Profile::Debug)?;
        installing.join().map_err(|_| anyhow!("the installation of real services panicked"))
    })?;
    // They start while everything else is compiled.
    let mut services = Services::launch(installed);
    build::beside_tests(workspace)?;

    let mut tests = workspace.cargo(["test", "--workspace", "--no-fail-fast", "--"]);
    tests.args(filters);
    let verdict = beside_postgres(tests)?;
    let real_passed = services.test(workspace, &[])?;
    services.tell_skipped();
    Ok(if real_passed { verdict } else { ExitCode::FAILURE })
}

/// Whether a PostgreSQL has to be started for the tests.
pub fn cluster_is_ours() -> bool {
    env::var_os(POSTGRES_URL).is_none()
}

/// Runs tests that need a PostgreSQL and returns cargo's own verdict.
pub fn beside_postgres(mut tests: Command) -> Result<ExitCode> {
    let _cluster = if cluster_is_ours() {
        say("starting a private PostgreSQL");
        let cluster = Cluster::start()?;
        tests.env(POSTGRES_URL, cluster.url());
        Some(cluster)
    } else {
        say(format!("using the PostgreSQL of {POSTGRES_URL}"));
        None
    };
    if env::var_os(THREADS).is_none() {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        tests.env(THREADS, (cores * TESTS_PER_CORE).to_string());
    }
    say("building and running the tests");
    let passed = status(&mut tests)?.success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
