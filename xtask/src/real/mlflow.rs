//! An MLflow tracking server with its basic-auth app.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::running::{Launched, STOP, private};
use crate::python;
use crate::server::{Server, free_ports};
use crate::workspace::Workspace;

/// Makes sure that its programs are there.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    python::environment(workspace, "mlflow", include_str!("requirements/mlflow.txt"))
}

/// Starts it.
pub fn launch(programs: &Path, folder: &Path, secret: &str) -> Result<Launched> {
    let [port] = free_ports()?;
    let configuration = folder.join("basic_auth.ini");
    fs::write(
        &configuration,
        format!(
            "[mlflow]\n\
             default_permission = READ\n\
             database_uri = sqlite:///{}\n\
             admin_username = admin\n\
             admin_password = {secret}\n\
             authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
            folder.join("basic_auth.db").display()
        ),
    )?;
    let mut server = private(&programs.join("mlflow"), folder)?;
    server
        .args(["server", "--app-name", "basic-auth", "--workers", "1"])
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .args(["--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "artifacts"])
        .env("MLFLOW_AUTH_CONFIG_PATH", &configuration)
        .env("MLFLOW_FLASK_SERVER_SECRET_KEY", secret)
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        // Seven more processes, which no account needs.
        .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    let server = Server::start("MLflow", server, folder.join("log"), STOP)?;
    Ok(Launched {
        base_url: format!("http://127.0.0.1:{port}"),
        port,
        ready: ("/health", 200),
        server,
        _beside: None,
    })
}
