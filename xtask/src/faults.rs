//! `cargo xtask faults`: the test that kills the portal, for as long as one
//! likes.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::{self, Profile};
use crate::process::say;
use crate::workspace::Workspace;
use crate::{setup, test};

/// Kills so often on each database, and returns cargo's own verdict.
pub fn run(workspace: &Workspace, kills: u32, seed: Option<u64>) -> Result<ExitCode> {
    if test::cluster_is_ours() {
        setup::postgres(workspace)?;
    }
    build::binaries(workspace, Profile::Debug, &["understudy"])?;
    let mut tests = workspace.cargo(["test", "--workspace", "--test", "portal", "--"]);
    tests.args(["faults::kills", "--nocapture"]).env("UNDERSTUDY_FAULT_KILLS", kills.to_string());
    if let Some(seed) = seed {
        tests.env("UNDERSTUDY_FAULT_SEED", seed.to_string());
    }
    say(format!("{kills} kills on SQLite, and beside it as many on PostgreSQL: each takes about a second"));
    test::beside_postgres(tests)
}
