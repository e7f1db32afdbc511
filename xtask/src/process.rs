//! Child processes: started in their own process group, so that one signal
//! reaches each of them exactly once, whether it came from a terminal or from
//! a CI runner that signals only us.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static FOREGROUND: Mutex<Option<Pid>> = Mutex::new(None);

/// From now on a signal ends the running child instead of this program, which
/// then gets to clean up. The second signal ends a child that will not stop.
pub fn forward_signals() -> Result<()> {
    let mut signals =
        Signals::new([SIGHUP, SIGINT, SIGTERM]).context("cannot listen for signals")?;
    thread::spawn(move || {
        for number in &mut signals {
            let again = INTERRUPTED.swap(true, Ordering::SeqCst);
            let signal = match number {
                _ if again => Signal::KILL,
                SIGINT => Signal::INT,
                _ => Signal::TERM,
            };
            if let Some(group) = *foreground() {
                // It may have ended by itself a moment ago.
                let _ = kill_process_group(group, signal);
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

/// The one child that the terminal's signals are for.
pub struct Foreground {
    child: Child,
    group: Option<Pid>,
}

impl Foreground {
    /// Starts the command, unless somebody has asked us to stop.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut foreground = foreground();
        if interrupted() {
            bail!("interrupted");
        }
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{}`", shown(command)))?;
        let group = Pid::from_raw(child.id().cast_signed());
        *foreground = group;
        Ok(Self { child, group })
    }

    /// Waits for the end of the child.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// Whether the child has ended, without waiting for it.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks the child to end, as Ctrl-C does, and waits until it has.
    pub fn stop(self) -> Result<ExitStatus> {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::INT);
        }
        self.wait()
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        *foreground() = None;
    }
}

fn foreground() -> MutexGuard<'static, Option<Pid>> {
    FOREGROUND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the command to its end, its output visible, and returns how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    let status = Foreground::start(command)?.wait()?;
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
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run `{}`", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", shown(command), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
