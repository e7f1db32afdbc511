//! `understudy serve`

use std::{io, net::SocketAddr};

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{CliError, answer, tell};
use crate::{
    config::{Config, StorageArgs},
    wiring,
    world::World,
};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    storage: StorageArgs,
    /// Where to listen [default: 127.0.0.1:3000].
    #[arg(long, env = "UNDERSTUDY_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub async fn run(self) -> Result<(), CliError> {
        let config = Config::settle(self.storage, self.listen)?;
        let portal = wiring::open(&config, World::system()).await?;
        let running = wiring::start(&config, portal.clone()).await?;
        if let Some(link) = portal.set_up_link().await? {
            let (address, path) = (running.address, link.path.expose());
            tell(&format!("Nobody can sign in yet. To become the first admin, open http://{address}{path}"));
        }
        let mut stop = Stop::listen()?;
        answer(&format!("listening on http://{}", running.address));
        stop.told().await;
        tell("stopping: requests and calls that are under way are seen through");
        running.stop().await;
        Ok(())
    }
}

/// Ctrl-C, and the signal that service managers send.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// From here on these signals do not end the process by themselves: to be
    /// called before it says that it is ready.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one of them.
    pub async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
