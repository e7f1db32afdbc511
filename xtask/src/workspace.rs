//! Where things are, and how to call cargo on them.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::build::Profile;
use crate::process;

/// The folders that every chore works in.
pub struct Workspace {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the caller has put it.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and configuration files count.
    pub fn find() -> Result<Self> {
        let described = process::output(cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
        let metadata: Value =
            serde_json::from_str(&described).context("cargo described the workspace in unreadable JSON")?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo's description of the workspace lacks `{key}`"))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }

    /// A cargo command in the workspace's root.
    pub fn cargo<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root).args(args);
        command
    }

    /// The built program of this name.
    pub fn program(&self, profile: Profile, name: &str) -> PathBuf {
        self.target.join(profile.folder()).join(name)
    }

    /// The folder that the server embeds its browser bundle from.
    pub fn bundle(&self) -> PathBuf {
        self.root.join("server").join("bundle")
    }

    /// A folder for what the chores keep between runs.
    pub fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

/// `cargo run` describes this crate to us in the environment. Some build
/// scripts watch those variables: handed on, they would make cargo compile
/// such crates anew after every change between a shell and a chore.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let describes_this_crate = name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if describes_this_crate {
            command.env_remove(name);
        }
    }
    command
}

/// The first folder of `PATH` that holds this program, with the program's name.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| is_file(candidate))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}
