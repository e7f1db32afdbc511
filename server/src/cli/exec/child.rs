//! The command: started, told of signals, waited for.

use std::{fs::File, io, os::unix::process::ExitStatusExt, process::ExitStatus};

use rustix::{
    process::{Pid, Signal, getpgrp, kill_process, kill_process_group},
    termios::tcgetpgrp,
};
use tokio::process::Command;

use super::signals::Signals;

/// Why the command could not be started.
#[derive(Debug, thiserror::Error)]
#[error("{command} cannot be run: {source}")]
pub(super) struct NotStarted {
    command: String,
    source: io::Error,
}

impl NotStarted {
    /// As shells say it: 127 where there is no such command, else 126.
    pub fn exit_status(&self) -> u8 {
        if self.source.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
    }
}

/// The command while it runs.
pub(super) struct Child {
    process: tokio::process::Child,
    id: Pid,
    /// Whether it has a process group of its own, with its descendants in it.
    ///
    /// At a terminal it shares this process's, else it could not read from
    /// there; what is typed then reaches both.
    leads_group: bool,
}

impl Child {
    pub fn start(command: &[String], environment: Vec<(String, String)>) -> Result<Self, NotStarted> {
        let (program, args) =
            command.split_first().map_or(("", command), |(first, rest)| (first.as_str(), rest));
        let leads_group = !at_terminal();
        let mut started = Command::new(program);
        started.args(args).envs(environment);
        if leads_group {
            started.process_group(0);
        }
        let failed = |source| NotStarted { command: program.to_owned(), source };
        let process = started.spawn().map_err(failed)?;
        let id = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        Ok(Self { process, id, leads_group })
    }

    /// Waits for its end. The first signal is handed on; who sends another
    /// wants it ended at any price.
    pub async fn until_ended(&mut self, signals: &mut Signals) -> io::Result<u8> {
        let mut told = false;
        loop {
            tokio::select! {
                // What is typed reaches both: a command that ends by it was stopped.
                biased;
                signal = signals.next() => {
                    self.hand_on(if told { Signal::KILL } else { signal });
                    told = true;
                }
                status = self.process.wait() => return Ok(exit_status(status?)),
            }
        }
    }

    fn hand_on(&self, signal: Signal) {
        let typed = !self.leads_group && (signal == Signal::INT || signal == Signal::QUIT);
        if typed {
            return;
        }
        let send = if self.leads_group { kill_process_group } else { kill_process };
        // It can only fail where nobody is left to be told.
        let _ = send(self.id, signal);
    }
}

/// Whether what is typed at a terminal reaches this process.
fn at_terminal() -> bool {
    File::open("/dev/tty").is_ok_and(|terminal| tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp()))
}

fn exit_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

/// As shells say that a signal ended something.
pub(super) fn ended_by(signal: Signal) -> u8 {
    u8::try_from(128 + signal.as_raw()).unwrap_or(1)
}
