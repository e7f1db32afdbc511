//! `cargo xtask build`: the browser bundle, then the binary that embeds it.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{run, say};
use crate::workspace::Workspace;
use crate::{bundle, publish, setup};

/// Which of cargo's profiles to build with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Debug,
    /// Quick to run and small to load.
    Release,
}

impl Profile {
    /// What `--release` stands for, or its absence.
    pub fn from_release_flag(release: bool) -> Self {
        if release { Self::Release } else { Self::Debug }
    }

    /// The name of this profile's folder within the target folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    /// The argument that makes cargo use it.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::Debug => None,
            Self::Release => Some("--release"),
        }
    }
}

/// Builds all of the portal and returns the path of its binary. Without a
/// wasm target its pages carry no scripts, and still do everything.
pub fn portal(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    match setup::wasm_target() {
        Ok(()) => bundle::make(workspace, profile)?,
        Err(error) => {
            say(format!("{error:#}; building pages without scripts, which work all the same"));
            publish::nothing(workspace)?;
        }
    }
    binaries(workspace, profile, &["understudy"])?;
    Ok(workspace.program(profile, "understudy"))
}

/// Builds these native binaries. The whole workspace is named so that cargo
/// settles on the same features as for the tests, and compiles nothing twice.
pub fn binaries(workspace: &Workspace, profile: Profile, names: &[&str]) -> Result<()> {
    say(format!("building {} (the first time takes some minutes)", names.join(" and ")));
    run(workspace
        .cargo(["build", "--workspace"])
        .args(profile.flag())
        .args(names.iter().flat_map(|name| ["--bin", name])))
}

/// Builds the portal for tests to run. One of the tests is built with it, so
/// that cargo settles on the features that tests have: a portal by itself has
/// fewer, and all of it would be compiled once more with the tests.
pub fn beside_tests(workspace: &Workspace) -> Result<()> {
    say("building understudy (the first time takes some minutes)");
    run(&mut workspace.cargo(["build", "--workspace", "--bin", "understudy", "--test", "real"]))
}
