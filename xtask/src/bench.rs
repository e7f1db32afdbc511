//! `cargo xtask bench`: what the portal adds to the time of its services.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::Cluster;
use crate::process::{say, status};
use crate::workspace::Workspace;
use crate::{bundle, setup};

/// Measures the released program on both databases; fails where it takes more
/// than is allowed.
pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    setup::wasm_target()?;
    setup::tests(workspace, true)?;
    bundle::make(workspace, Profile::Release)?;
    build::binaries(workspace, Profile::Release, &["understudy", "bench"])?;
    let cluster = Cluster::start()?;
    let mut kept = true;
    for database in ["sqlite", "postgres"] {
        say(format!("measuring on {database}"));
        let mut bench = Command::new(workspace.program(Profile::Release, "bench"));
        bench.arg(database).env("UNDERSTUDY_TEST_POSTGRES", cluster.url());
        kept &= status(&mut bench)?.success();
    }
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
