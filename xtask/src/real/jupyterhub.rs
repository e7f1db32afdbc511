//! A JupyterHub of which only the hub runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::running::{Launched, STOP, private};
use crate::python;
use crate::server::{Server, free_ports};
use crate::workspace::Workspace;

/// Makes sure that its programs are there.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    python::environment(workspace, "jupyterhub", include_str!("requirements/jupyterhub.txt"))
}

/// Starts it.
pub fn launch(programs: &Path, folder: &Path, secret: &str) -> Result<Launched> {
    let [hub, public] = free_ports()?;
    let configuration = folder.join("jupyterhub_config.py");
    fs::write(&configuration, include_str!("jupyterhub_config.py"))?;
    let mut server = private(&programs.join("jupyterhub"), folder)?;
    server
        .arg("--config")
        .arg(&configuration)
        .env("HUB_PORT", hub.to_string())
        .env("PUBLIC_PORT", public.to_string())
        .env("UNDERSTUDY_TOKEN", secret);
    let server = Server::start("JupyterHub", server, folder.join("log"), STOP)?;
    Ok(Launched {
        base_url: format!("http://127.0.0.1:{hub}"),
        port: hub,
        ready: ("/hub/api/", 200),
        server,
        _beside: None,
    })
}
