//! `cargo xtask scan`: what two scanners find in a portal, which know nothing
//! of it but its address and a way in.

mod api;
mod pages;
mod portal;

use std::process::ExitCode;

use anyhow::Result;

use self::portal::Portal;
use crate::build::{self, Profile};
use crate::process::say;
use crate::python;
use crate::workspace::Workspace;

/// Scans the API as an admin and as a tester, then the pages as an admin, each
/// on a portal of its own; fails where something is found.
pub fn run(workspace: &Workspace, seed: u64) -> Result<ExitCode> {
    let schemathesis =
        python::environment(workspace, "schemathesis", include_str!("scan/requirements/schemathesis.txt"))?;
    let wapiti = python::environment(workspace, "wapiti", include_str!("scan/requirements/wapiti.txt"))?;
    let understudy = build::portal(workspace, Profile::Debug)?;
    let portal = || Portal::start(workspace, &understudy);

    let mut is_clean = true;
    for role in ["admin", "tester"] {
        say(format!("schemathesis tries the API as {role}, with the seed {seed}"));
        is_clean &= api::scan(&schemathesis, &portal()?, role, seed)?;
    }
    say("wapiti tries the pages as admin");
    is_clean &= pages::scan(&wapiti, &portal()?)?;
    say(if is_clean { "nothing was found" } else { "something was found: see above" });
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
