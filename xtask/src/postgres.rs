//! A private PostgreSQL cluster in a temporary folder, for as long as the
//! tests run.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::process::{interrupted, output};
use crate::workspace::on_path;

/// PostgreSQL refuses to run as root; Debian's packages bring this user.
const OWNER: &str = "postgres";

const START_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(20);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);

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
    server: Child,
    port: u16,
    folder: TempDir,
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
            as_owner(&programs.join("initdb"))
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
                .args(["--no-locale", "--no-sync", "--pgdata"])
                .arg(&data)
                .current_dir(folder.path()),
        )?;
        let port = free_port()?;
        let log = File::create(log(&folder)).context("cannot write PostgreSQL's log")?;
        let server = as_owner(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "max_connections=300"])
            // Nothing in it need outlive this machine's next power cut.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log))
            // Out of the terminal's reach, so that Ctrl-C ends the tests first.
            .process_group(0)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut cluster = Self { server, port, folder };
        cluster.wait_until_ready(&programs.join("pg_isready"))?;
        Ok(cluster)
    }

    /// How to reach it as a user who may create databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, pg_isready: &Path) -> Result<()> {
        let started = Instant::now();
        let port = self.port.to_string();
        loop {
            let mut question = Command::new(pg_isready);
            question.args(["--host=127.0.0.1", "--port", &port]);
            if output(&mut question).is_ok() {
                return Ok(());
            }
            let ended = self.server.try_wait()?.is_some();
            if ended || interrupted() || started.elapsed() > START_WITHIN {
                let log = fs::read_to_string(log(&self.folder)).unwrap_or_default();
                bail!("PostgreSQL did not start: {}", log.trim());
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(server) = Pid::from_raw(self.server.id().cast_signed()) {
            // It may have ended by itself.
            let _ = kill_process(server, signal);
        }
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        let asked = Instant::now();
        while asked.elapsed() < limit {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
        false
    }
}

impl Drop for Cluster {
    /// SIGINT disconnects everybody and shuts down in order; SIGQUIT leaves
    /// out the order.
    fn drop(&mut self) {
        for signal in [Signal::INT, Signal::QUIT] {
            self.signal(signal);
            if self.ends_within(STOP_WITHIN) {
                return;
            }
        }
    }
}

/// The program, to be run as a user whom PostgreSQL accepts, and stopped with
/// SIGINT even if we are killed.
fn as_owner(program: &Path) -> Command {
    let Some(setpriv) = on_path("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    if geteuid().is_root() {
        command.args(["--reuid", OWNER, "--regid", OWNER, "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot find a free port")?;
    Ok(listener.local_addr()?.port())
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}
