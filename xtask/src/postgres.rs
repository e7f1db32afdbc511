//! A private PostgreSQL cluster in a temporary folder, for as long as the
//! tests run.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use crate::process::output;
use crate::server::{Server, Stop, free_ports, tied_to_us};
use crate::workspace::on_path;

/// PostgreSQL refuses to run as root; Debian's packages bring this user.
const OWNER: &str = "postgres";

const START_WITHIN: Duration = Duration::from_secs(30);

/// SIGINT disconnects everybody and shuts down in order; SIGQUIT leaves out
/// the order.
const STOP: Stop = Stop::Process(&[Signal::INT, Signal::QUIT]);

/// The folder of PostgreSQL's server programs, the newest if there are several.
pub fn programs() -> Option<PathBuf> {
    let newest = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("postgres").is_file().then_some((version, folder))
        })
        .max();
    newest.map(|(_, folder)| folder).or_else(|| Some(on_path("postgres")?.parent()?.to_path_buf()))
}

/// A running cluster. Dropping it stops it and removes its folder.
pub struct Cluster {
    _server: Server,
    port: u16,
    _folder: TempDir,
}

impl Cluster {
    /// Makes a new cluster and waits until it answers.
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL's server programs are missing")?;
        let folder = tempfile::Builder::new()
            .prefix("understudy-postgres-")
            .tempdir()
            .context("cannot create a temporary folder for PostgreSQL")?;
        if geteuid().is_root() {
            output(Command::new("chown").arg(OWNER).arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        output(
            tied_to_us(&programs.join("initdb"), Some(OWNER), "INT")
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
                .args(["--no-locale", "--no-sync", "--pgdata"])
                .arg(&data)
                .current_dir(folder.path()),
        )?;
        let [port] = free_ports()?;
        let mut postgres = tied_to_us(&programs.join("postgres"), Some(OWNER), "INT");
        postgres
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "max_connections=300"])
            // Nothing in it need outlive this machine's next power cut.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .current_dir(folder.path());
        let mut server = Server::start("PostgreSQL", postgres, folder.path().join("log"), STOP)?;
        server.wait_until(START_WITHIN, || {
            let mut question = Command::new(programs.join("pg_isready"));
            output(question.args(["--host=127.0.0.1", "--port", &port.to_string()])).is_ok()
        })?;
        Ok(Self { _server: server, port, _folder: folder })
    }

    /// How to reach it as a user who may create databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}
