//! A SCIM 2.0 provider: scim2-server.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::running::{Launched, STOP, private};
use crate::python;
use crate::server::{Server, free_ports};
use crate::workspace::Workspace;

/// Makes sure that its programs are there.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    python::environment(workspace, "scim2", include_str!("requirements/scim2.txt"))
}

/// Starts it.
pub fn launch(programs: &Path, folder: &Path, secret: &str) -> Result<Launched> {
    let [port] = free_ports()?;
    let mut server = private(&programs.join("scim2-server"), folder)?;
    server.args(["--hostname", "127.0.0.1", "--port", &port.to_string(), "--bearer-token", secret]);
    let server = Server::start("scim2-server", server, folder.join("log"), STOP)?;
    Ok(Launched {
        base_url: format!("http://127.0.0.1:{port}/v2"),
        port,
        ready: ("/v2/ServiceProviderConfig", 200),
        server,
        _beside: None,
    })
}
