//! The portal that is scanned.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::output;
use crate::real::private;
use crate::server::{Server, Stop, free_ports};
use crate::workspace::Workspace;

/// Everybody's password, for as long as the scan takes.
pub const PASSWORD: &str = "only-for-this-scan";

/// Where the examples, and the API's description, have the sandbox listen.
const EXAMPLE: &str = "http://127.0.0.1:4010";

const START_WITHIN: Duration = Duration::from_secs(60);
const STOP: Stop = Stop::Process(&[Signal::TERM, Signal::KILL]);

/// A portal with a sandbox as its one service and somebody of each role.
/// Dropping it stops both and removes all that they have kept.
pub struct Portal {
    /// Its address.
    pub url: String,
    port: u16,
    sandbox_url: String,
    understudy: PathBuf,
    _servers: [Server; 2],
    folder: TempDir,
}

impl Portal {
    /// Starts it and waits until it answers.
    pub fn start(workspace: &Workspace, understudy: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("understudy-scan-")
            .tempdir()
            .context("cannot create a temporary folder")?;
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).with_context(|| format!("cannot write {name}"))
        };
        let call = |args: &[&str]| call(understudy, folder.path(), args);

        let [port, sandbox] = free_ports()?;
        let sandbox_url = format!("http://127.0.0.1:{sandbox}");
        let services = fs::read_to_string(workspace.root.join("examples/services.toml"))
            .context("cannot read the example of a service file")?;
        write("services.toml", &services.replace(EXAMPLE, &sandbox_url))?;
        write("understudy.toml", include_str!("understudy.toml"))?;
        output(&mut call(&["service", "apply", "services.toml"])?)?;
        for login in ["admin", "manager", "tester"] {
            add_person(call(&["person", "add", login, "--role", login, "--password-stdin"])?)?;
        }

        let start = |name: &'static str, command: &str, port: u16| {
            let log = folder.path().join(format!("{command}.log"));
            let command = call(&[command, "--listen", &format!("127.0.0.1:{port}")])?;
            let mut server = Server::start(name, command, log.clone(), STOP)?;
            let listens = || fs::read_to_string(&log).is_ok_and(|said| said.contains("listening on http://"));
            server.wait_until(START_WITHIN, listens)?;
            Ok::<_, anyhow::Error>(server)
        };
        let servers = [start("the portal", "serve", port)?, start("the sandbox", "sandbox", sandbox)?];
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            sandbox_url,
            understudy: understudy.to_owned(),
            _servers: servers,
            folder,
        })
    }

    /// Its folder, for what a scanner reads and writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What `understudy` answers to these words.
    pub fn call(&self, args: &[&str]) -> Result<String> {
        output(&mut call(&self.understudy, self.folder(), args)?)
    }

    /// What it answers through the API.
    pub fn call_with(&self, token: &str, args: &[&str]) -> Result<String> {
        let mut command = call(&self.understudy, self.folder(), args)?;
        output(command.env("UNDERSTUDY_URL", &self.url).env("UNDERSTUDY_TOKEN", token))
    }

    /// A new token of that person's.
    pub fn token(&self, login: &str, name: &str) -> Result<String> {
        Ok(self.call(&["token", "issue", login, "--name", name])?.trim().to_owned())
    }

    /// The description of its API, with examples that are good here.
    pub fn description(&self) -> Result<Value> {
        let mut answer = String::new();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        write!(stream, "GET /api/openapi.json HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
        stream.read_to_string(&mut answer).context("cannot read the API's description")?;
        let (_, body) = answer.split_once("\r\n\r\n").context("the API's description is missing")?;
        serde_json::from_str(&body.replace(EXAMPLE, &self.sandbox_url))
            .context("the API's description is no JSON")
    }
}

fn call(understudy: &Path, folder: &Path, args: &[&str]) -> Result<Command> {
    let mut command = private(understudy, folder)?;
    command.args(args);
    Ok(command)
}

fn add_person(mut command: Command) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    stdin.write_all(PASSWORD.as_bytes())?;
    drop(stdin);
    ensure!(child.wait()?.success(), "somebody who signs in cannot be added");
    Ok(())
}
