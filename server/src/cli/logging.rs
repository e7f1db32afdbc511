//! The log: standard error, by `UNDERSTUDY_LOG`, as text or as JSON.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log. `UNDERSTUDY_LOG` is a filter such as `info` or
/// `server=debug`; `UNDERSTUDY_LOG_FORMAT=json` writes one object a line.
pub(super) fn init() {
    let filter = EnvFilter::try_from_env("UNDERSTUDY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sea_orm_migration=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if std::env::var("UNDERSTUDY_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().init();
    } else {
        log.init();
    }
}
