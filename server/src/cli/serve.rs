//! `understudy serve`

use std::net::SocketAddr;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{CliError, answer, tell};
use crate::{
    config::{Config, StorageArgs},
    crash, wiring,
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
        let _crashes = crash::listen();
        let config = Config::settle(self.storage, self.listen)?;
        let portal = wiring::open(&config, World::system()).await?;
        let running = wiring::start(&config, portal).await?;
        answer(&format!("listening on http://{}", running.address));
        until_told_to_stop().await?;
        tell("stopping: requests and calls that are under way are seen through");
        running.stop().await;
        Ok(())
    }
}

/// Returns at Ctrl-C and at the signal that service managers send.
pub(super) async fn until_told_to_stop() -> Result<(), CliError> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    Ok(())
}
