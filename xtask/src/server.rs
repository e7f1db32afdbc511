//! Servers that belong to a run of tests, and end with it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use crate::process::interrupted;
use crate::workspace::on_path;

const STOP_WITHIN: Duration = Duration::from_secs(20);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// How a server is ended: each signal is sent if the one before did not do.
pub enum Stop {
    /// Signals to the process itself, which ends its own children.
    Process(&'static [Signal]),
    /// Signals to the process and all of its children.
    Group(&'static [Signal]),
}

/// A running server. Dropping it stops it.
pub struct Server {
    name: &'static str,
    command: Command,
    child: Child,
    log: PathBuf,
    stop: Stop,
}

impl Server {
    /// Starts it with everything that it says in `log`, and out of the
    /// terminal's reach, so that Ctrl-C ends the tests first.
    pub fn start(name: &'static str, mut command: Command, log: PathBuf, stop: Stop) -> Result<Self> {
        let file = File::create(&log).with_context(|| format!("cannot write {name}'s log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::from(file.try_clone()?))
            .stderr(Stdio::from(file))
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, command, child, log, stop })
    }

    /// Starts it once more if it has ended; whether it had.
    pub fn keep_up(&mut self) -> Result<bool> {
        let had_ended = self.has_ended();
        if had_ended {
            self.child = self.command.spawn().with_context(|| format!("cannot start {}", self.name))?;
        }
        Ok(had_ended)
    }

    /// Waits until it is ready; an error shows the end of its log.
    pub fn wait_until(&mut self, limit: Duration, is_ready: impl Fn() -> bool) -> Result<()> {
        let started = Instant::now();
        while !is_ready() {
            let ended = self.child.try_wait()?.is_some();
            if ended || interrupted() || started.elapsed() > limit {
                bail!("{} did not start:\n{}", self.name, end_of(&self.log));
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
        Ok(())
    }

    /// The process, and the group that it leads.
    pub fn id(&self) -> Option<Pid> {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn has_ended(&mut self) -> bool {
        let process_ended = !matches!(self.child.try_wait(), Ok(None));
        let is_alone = match (&self.stop, self.id()) {
            (Stop::Group(_), Some(id)) => test_kill_process_group(id).is_err(),
            (Stop::Group(_), None) | (Stop::Process(_), _) => true,
        };
        process_ended && is_alone
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        let asked = Instant::now();
        while asked.elapsed() < limit {
            if self.has_ended() {
                return true;
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let (signals, send): (_, fn(Pid, Signal) -> _) = match self.stop {
            Stop::Process(signals) => (signals, kill_process),
            Stop::Group(signals) => (signals, kill_process_group),
        };
        for signal in signals {
            if let Some(id) = self.id() {
                // It may have ended by itself.
                let _ = send(id, *signal);
            }
            if self.ends_within(STOP_WITHIN) {
                return;
            }
        }
    }
}

/// What a log says last.
fn end_of(log: &Path) -> String {
    const LINES: usize = 30;
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// The program, as that user if we are root, and asked by that signal to end
/// even if we are killed. That holds for as long as the thread lives that
/// starts it.
pub fn tied_to_us(program: &Path, user: Option<&str>, signal: &str) -> Command {
    let Some(setpriv) = on_path("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    if let Some(user) = user.filter(|_| rustix::process::geteuid().is_root()) {
        command.args(["--reuid", user, "--regid", user, "--init-groups"]);
    }
    command.args(["--pdeathsig", signal, "--"]).arg(program);
    command
}

/// Ports that nobody listens on, all different.
pub fn free_ports<const COUNT: usize>() -> Result<[u16; COUNT]> {
    let mut ports = [0; COUNT];
    let mut listeners = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot find a free port")?;
        *port = listener.local_addr()?.port();
        // Kept until all are chosen: a port that is free again may come again.
        listeners.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn shell(script: &str, folder: &Path) -> Server {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Server::start("the shell", command, folder.join("log"), Stop::Group(&[Signal::KILL])).unwrap()
    }

    #[test]
    fn dropping_a_server_ends_its_children_too() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let mut server = shell(&format!("sleep 600 & touch {} && wait", ready.display()), folder.path());
        server.wait_until(LIMIT, || ready.exists()).unwrap();
        let group = server.id().unwrap();
        assert!(test_kill_process_group(group).is_ok());
        drop(server);
        assert!(test_kill_process_group(group).is_err());
    }

    #[test]
    fn a_server_that_was_killed_can_be_kept_up() {
        let folder = tempfile::tempdir().unwrap();
        let mut server = shell("echo begun; sleep 600", folder.path());
        let begun = |times| {
            let log = folder.path().join("log");
            move || fs::read_to_string(&log).unwrap() == "begun\n".repeat(times)
        };
        server.wait_until(LIMIT, begun(1)).unwrap();
        assert!(!server.keep_up().unwrap());
        kill_process_group(server.id().unwrap(), Signal::KILL).unwrap();
        assert!(server.ends_within(LIMIT));
        assert!(server.keep_up().unwrap());
        server.wait_until(LIMIT, begun(2)).unwrap();
    }

    #[test]
    fn a_server_that_ends_by_itself_is_an_error_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let error =
            shell("echo no such luck; exit 3", folder.path()).wait_until(LIMIT, || false).unwrap_err();
        assert!(error.to_string().ends_with("the shell did not start:\nno such luck"), "{error}");
    }

    #[test]
    fn free_ports_differ() {
        let mut ports = free_ports::<8>().unwrap().to_vec();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 8);
    }
}
