//! Child processes: started in their own process group, so that one signal
//! reaches each of them exactly once, whether it came from a terminal or from
//! a CI runner that signals only us.

use std::iter;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// From now on a signal ends the running children instead of this program,
/// which then gets to clean up. The second one ends those that will not stop.
pub fn forward_signals() -> Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).context("cannot listen for signals")?;
    thread::spawn(move || {
        for number in &mut signals {
            let again = INTERRUPTED.swap(true, Ordering::SeqCst);
            let signal = match number {
                _ if again => Signal::KILL,
                SIGINT => Signal::INT,
                _ => Signal::TERM,
            };
            for group in running().iter() {
                // It may have ended by itself a moment ago.
                let _ = kill_process_group(*group, signal);
            }
        }
    });
    Ok(())
}

/// Whether somebody has asked us to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Says on stderr what is about to happen.
pub fn say(line: impl AsRef<str>) {
    eprintln!("xtask: {}", line.as_ref());
}

/// A child that signals are passed on to.
pub struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    /// Starts the command, unless somebody has asked us to stop.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut running = running();
        if interrupted() {
            bail!("interrupted");
        }
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{}`", shown(command)))?;
        let group = Pid::from_raw(child.id().cast_signed());
        running.extend(group);
        Ok(Self { child, group })
    }

    /// Waits for the end of the child.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// Asks the child to end, as Ctrl-C does, and waits until it has.
    pub fn stop(self) -> Result<ExitStatus> {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::INT);
        }
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        running().retain(|group| Some(*group) != self.group);
    }
}

fn running() -> MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the command to its end, its output visible, and returns how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    let status = Running::start(command)?.wait()?;
    if interrupted() {
        bail!("interrupted");
    }
    Ok(status)
}

/// Runs the command to its end, its output visible; it must succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a short command out of sight and returns what it wrote to stdout.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{}`", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", shown(command), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
