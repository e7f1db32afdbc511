//! Programs from Debian's packages that are unpacked, not installed: an
//! installed one would be started for the whole machine, and would not be
//! ours to run beside one that is there already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{output, say};
use crate::setup;
use crate::workspace::{Workspace, on_path};

/// The folder that the packages are unpacked in, as if it were the root.
pub fn unpacked(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let place = workspace.cache().join("debian").join(name);
    if place.is_dir() {
        return Ok(place);
    }
    ensure!(
        on_path("apt-get").is_some() && on_path("dpkg-deb").is_some(),
        "it comes from Debian's packages, and this machine has no apt-get"
    );
    say(format!("unpacking {name} from Debian's packages"));
    let parent = workspace.cache().join("debian");
    fs::create_dir_all(&parent)?;
    let staging = tempfile::tempdir_in(&parent)?;
    download(workspace, packages, staging.path()).context("Debian's packages cannot be downloaded")?;
    let root = staging.path().join("root");
    for entry in fs::read_dir(staging.path())? {
        let package = entry?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            output(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(&root))?;
        }
    }
    // Last of all: half of it is never taken for the whole.
    fs::rename(&root, &place).with_context(|| format!("cannot make {}", place.display()))?;
    Ok(place)
}

/// Lists of packages age: what they name may be gone from the archive.
fn download(workspace: &Workspace, packages: &[&str], folder: &Path) -> Result<()> {
    // As root, apt would complain that its own user cannot write here.
    let words = ["-o", "APT::Sandbox::User=root", "download"];
    let attempt = || output(Command::new("apt-get").args(words).args(packages).current_dir(folder));
    let Err(error) = attempt() else { return Ok(()) };
    if let Err(update) = setup::update_package_lists(workspace) {
        bail!("{error:#} ({update:#})");
    }
    attempt().map(drop)
}
