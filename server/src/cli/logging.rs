//! The log: standard error, by `UNDERSTUDY_LOG`, as text or as JSON.

use std::{env, io::IsTerminal};

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// What is logged where nothing else is said. A cookie of yesterday's is no
/// news, and tower-sessions calls it suspicious.
const USUAL: &str = "info,sea_orm_migration=warn,tower_sessions_core=error";

/// Starts the log. `UNDERSTUDY_LOG` is a filter such as `info` or
/// `server=debug`; `UNDERSTUDY_LOG_FORMAT=json` writes one object a line.
///
/// # Errors
/// A sentence that says what is accepted.
pub(super) fn init() -> Result<(), String> {
    let variable = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let filter = read_filter(variable("UNDERSTUDY_LOG").as_deref().unwrap_or(USUAL))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match variable("UNDERSTUDY_LOG_FORMAT").as_deref() {
        None | Some("text") => log.init(),
        Some("json") => log.json().init(),
        Some(other) => {
            return Err(format!("UNDERSTUDY_LOG_FORMAT is `{other}`; it must be `text` or `json`"));
        }
    }
    Ok(())
}

fn read_filter(text: &str) -> Result<EnvFilter, String> {
    let wrong = |part: &str| {
        format!(
            "UNDERSTUDY_LOG holds `{part}`; it must be a level (off, error, warn, info, debug, trace), \
             TARGET=LEVEL, or several of these with commas between them"
        )
    };
    // A word that is no level would count as the name of a target, and silence
    // all others.
    let is_known = |part: &&str| part.contains(['=', '[', ']']) || part.parse::<LevelFilter>().is_ok();
    let mut parts = text.split(',').map(str::trim);
    if let Some(unknown) = parts.find(|part| !is_known(part)) {
        return Err(wrong(unknown));
    }
    EnvFilter::try_new(text).map_err(|_| wrong(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_made_of_levels_and_of_targets_with_levels() {
        for text in [USUAL, "info", "off", "server=debug", "warn,server::worker=trace, sqlx=error"] {
            assert!(read_filter(text).is_ok(), "{text}");
        }
        for text in ["verbose", "loud,info", "server=loud", "info,,", "server debug"] {
            assert!(read_filter(text).unwrap_err().contains("trace"), "{text}");
        }
    }
}
