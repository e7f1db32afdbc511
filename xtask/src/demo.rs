//! `cargo xtask demo`: from a fresh checkout to a running portal.

use std::process::Command;

use anyhow::{Result, bail};

use crate::build::{self, Profile};
use crate::process::{Running, interrupted, say, shown};
use crate::workspace::Workspace;

/// Builds and runs the demo until Ctrl-C. A debug build is ready in a third
/// of the time of a release build, and quick enough to look around in.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let understudy = build::portal(workspace, Profile::Debug)?;
    let mut demo = Command::new(understudy);
    demo.arg("demo").args(args).current_dir(&workspace.root);
    say("starting the demo (Ctrl-C ends it)");
    let status = Running::start(&mut demo)?.wait()?;
    if !status.success() && !interrupted() {
        bail!("`{}` failed ({status})", shown(&demo));
    }
    Ok(())
}
