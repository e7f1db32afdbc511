//! `understudy sandbox`

use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;

use super::{CliError, answer, arguments::wrong_usage, serve::Stop};
use crate::{
    sandbox::{self, SandboxOptions},
    wiring::StartError,
};

#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// How long every call takes: `20ms`, `1s`.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = parse_latency)]
    latency: std::time::Duration,
    /// The share of calls that fail, from 0 to 1; half of them after the work was done.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = parse_share)]
    fail_rate: f64,
    /// The share of calls that are never answered; half of them are carried out all the same.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = parse_share)]
    hang_rate: f64,
    /// The share of calls whose answer means nothing; half of them are carried out.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = parse_share)]
    junk_rate: f64,
}

fn parse_latency(text: &str) -> Result<std::time::Duration, String> {
    let (digits, unit) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix('s').ok_or("write it as 20ms or 1s")?, 1_000),
    };
    let number: u32 = digits.parse().map_err(|_| "write it as 20ms or 1s")?;
    Ok(std::time::Duration::from_millis(u64::from(number) * unit))
}

fn parse_share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "must be from 0 to 1".to_owned())
}

impl Sandbox {
    /// Ends the process as wrong usage where the shares are more than all.
    fn options(&self) -> SandboxOptions {
        let Self { listen: _, latency, fail_rate, hang_rate, junk_rate } = *self;
        // As decimals, some shares that add up to 1 are a hair's breadth more.
        if fail_rate + hang_rate + junk_rate > 1.0 + 1e-9 {
            let why = "--fail-rate, --hang-rate and --junk-rate must not add up to more than 1";
            wrong_usage(why);
        }
        SandboxOptions { latency, fail_rate, hang_rate, junk_rate }
    }

    pub async fn run(self) -> Result<(), CliError> {
        let options = self.options();
        let failed = |source| StartError::Listen { address: self.listen, source };
        let listener = TcpListener::bind(self.listen).await.map_err(failed)?;
        let mut stop = Stop::listen()?;
        answer(&format!("listening on http://{}", listener.local_addr()?));
        tokio::select! {
            served = sandbox::serve(listener, options) => Ok(served?),
            () = stop.told() => Ok(()),
        }
    }
}
