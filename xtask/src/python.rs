//! What comes as Python packages, each in an environment of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{output, say};
use crate::setup;
use crate::workspace::Workspace;

/// The programs of an environment with exactly these packages, which is made
/// anew whenever they change.
pub fn environment(workspace: &Workspace, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workspace.cache().join("python").join(name);
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == requirements) {
        return Ok(folder.join("bin"));
    }
    say(format!("installing {name} from Python packages"));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let python = setup::python_with_environments(workspace)?;
    output(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, requirements)?;
    // What would have to be compiled is not worth the tools for it.
    let pip = ["-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:", "--requirement"];
    output(Command::new(folder.join("bin/python")).args(pip).arg(&wanted))
        .context("Python's packages cannot be installed")?;
    // Last of all: an environment without this file is none.
    fs::rename(wanted, installed)?;
    Ok(folder.join("bin"))
}
