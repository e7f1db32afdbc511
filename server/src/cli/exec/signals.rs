//! The signals that ask to stop.

use std::{io, time::Duration};

use rustix::process::Signal;
use tokio::{
    signal::unix::{self, SignalKind, signal},
    time::Instant,
};

/// What comes within this time is one wish: `timeout` and a terminal that
/// hangs up say it to a process and to its group.
const ONE_WISH: Duration = Duration::from_secs(1);

/// The signals that ask to stop, from the moment on that one listens.
pub(super) struct Signals {
    hang_up: unix::Signal,
    interrupt: unix::Signal,
    quit: unix::Signal,
    terminate: unix::Signal,
    last: Option<Instant>,
}

impl Signals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            last: None,
        })
    }

    /// Whether somebody has asked to stop.
    pub const fn have_come(&self) -> bool {
        self.last.is_some()
    }

    /// Waits for the next wish to stop.
    pub async fn next(&mut self) -> Signal {
        loop {
            let signal = self.any().await;
            let repeated = self.last.is_some_and(|last| last.elapsed() < ONE_WISH);
            if !repeated {
                self.last = Some(Instant::now());
                return signal;
            }
        }
    }

    /// Waits until somebody who has already asked to stop asks again.
    pub async fn insisted(&mut self) {
        if !self.have_come() {
            self.next().await;
        }
        self.next().await;
    }

    async fn any(&mut self) -> Signal {
        tokio::select! {
            _ = self.hang_up.recv() => Signal::HUP,
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.quit.recv() => Signal::QUIT,
            _ = self.terminate.recv() => Signal::TERM,
        }
    }
}
