//! An OpenID provider: npm's oidc-provider.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::running::{Launched, STOP, private};
use crate::process::{output, say};
use crate::server::{Server, free_ports};
use crate::workspace::{Workspace, on_path};

const PACKAGE: &str = include_str!("package.json");
const PROVIDER: &str = include_str!("provider.mjs");

/// Makes sure that its programs are there.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    ensure!(on_path("node").is_some() && on_path("npm").is_some(), "it needs Node.js and npm");
    let folder = workspace.cache().join("npm").join("oidc-provider");
    let installed = folder.join("installed.json");
    if fs::read_to_string(&installed).is_ok_and(|text| text == PACKAGE) {
        fs::write(folder.join("provider.mjs"), PROVIDER)?;
        return Ok(folder);
    }
    say("installing oidc-provider from npm's packages");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), PACKAGE)?;
    fs::write(folder.join("provider.mjs"), PROVIDER)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"])
        .current_dir(&folder);
    output(&mut npm).context("npm's packages cannot be installed")?;
    // Last of all: without this file nothing is installed.
    fs::write(installed, PACKAGE)?;
    Ok(folder)
}

/// Starts it.
pub fn launch(programs: &Path, folder: &Path, secret: &str) -> Result<Launched> {
    let [port] = free_ports()?;
    let mut server = private(Path::new("node"), folder)?;
    server.arg(programs.join("provider.mjs")).env("PORT", port.to_string()).env("SECRET", secret);
    let server = Server::start("oidc-provider", server, folder.join("log"), STOP)?;
    Ok(Launched {
        base_url: format!("http://127.0.0.1:{port}"),
        port,
        ready: ("/.well-known/openid-configuration", 200),
        server,
        _beside: None,
    })
}
