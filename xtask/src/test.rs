//! `cargo xtask test`: all set-up, then every test.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::Cluster;
use crate::process::{say, status};
use crate::workspace::Workspace;
use crate::{bundle, setup};

/// Where the tests find a PostgreSQL on which they may create databases.
const POSTGRES_URL: &str = "UNDERSTUDY_TEST_POSTGRES";

/// Runs the tests and returns cargo's own verdict, which it has already told.
pub fn run(workspace: &Workspace, filters: &[String]) -> Result<ExitCode> {
    setup::wasm_target()?;
    setup::tests(workspace, cluster_is_ours())?;
    bundle::make(workspace, Profile::Debug)?;
    build::binaries(workspace, Profile::Debug, &["understudy"])?;

    let mut tests = workspace.cargo(["test", "--workspace", "--no-fail-fast", "--"]);
    tests.args(filters);
    beside_postgres(tests)
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
    say("building and running the tests");
    let passed = status(&mut tests)?.success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
