//! `cargo xtask dev`: build, run, and again whenever a source changes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::build::{self, Profile};
use crate::process::{Running, interrupted, say};
use crate::workspace::Workspace;

/// What the binary is made from.
const SOURCES: [&str; 6] = ["app", "domain", "migrations", "server", "style", "Cargo.toml"];

const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(300);

/// Runs until Ctrl-C. While a build fails, the last good one keeps running.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut running: Option<Running> = None;
    while !interrupted() {
        // Looked at before the build, so that a change during it counts.
        let built = newest_change(workspace);
        match build::portal(workspace, Profile::Debug) {
            Ok(understudy) => {
                if let Some(previous) = running.take() {
                    previous.stop()?;
                }
                let mut command = Command::new(understudy);
                command.args(args).current_dir(&workspace.root);
                say("running; a change of the sources rebuilds and restarts it (Ctrl-C ends it)");
                running = Some(Running::start(&mut command)?);
            }
            Err(_) if interrupted() => break,
            Err(error) => say(format!("{error:#}; waiting for the next change")),
        }
        while !interrupted() && newest_change(workspace) == built {
            thread::sleep(LOOK_AGAIN_AFTER);
        }
    }
    if let Some(last) = running {
        last.wait()?;
    }
    Ok(())
}

fn newest_change(workspace: &Workspace) -> Option<SystemTime> {
    SOURCES.iter().filter_map(|source| newest(&workspace.root.join(source))).max()
}

/// A folder's own date counts too, since it tells of removed files; but not
/// that of a crate's outermost folder, where builds put the bundle.
fn newest(path: &Path) -> Option<SystemTime> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(_) => return path.metadata().ok()?.modified().ok(),
    };
    entries
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with("bundle"))
        .flat_map(|entry| {
            let own = entry.metadata().ok().and_then(|data| data.modified().ok());
            [own, newest(&entry.path())]
        })
        .flatten()
        .max()
}
