//! `cargo xtask shots`: the README's screenshots, of the real pages in a real
//! browser.

use std::process::Command;

use anyhow::Result;

use crate::build::{self, Profile};
use crate::process::{run as run_command, say};
use crate::workspace::Workspace;
use crate::{bundle, setup};

/// The program `shots` starts the demo and the browser by itself.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::wasm_target()?;
    setup::browser(workspace)?;
    bundle::make(workspace, Profile::Debug)?;
    build::binaries(workspace, Profile::Debug, &["understudy", "shots"])?;
    say("taking the screenshots");
    run_command(
        Command::new(workspace.program(Profile::Debug, "shots"))
            .arg(workspace.root.join("docs").join("shots"))
            .current_dir(&workspace.root),
    )
}
