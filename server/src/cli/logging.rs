//! The log: standard error, by `UNDERSTUDY_LOG`, as text or as JSON; and
//! traces, where a collector is named.

use std::{env, io::IsTerminal};

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt,
};

/// What is logged where nothing else is said. A cookie of yesterday's is no
/// news, and tower-sessions calls it suspicious; nor is it that PostgreSQL has
/// a table already.
const USUAL: &str =
    "info,sea_orm_migration=warn,sqlx::postgres::notice=warn,tower_sessions_core=error,opentelemetry=warn";

/// Where traces are sent: a standard variable of OpenTelemetry, which also
/// reads its siblings. Without it nothing is sent.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Sends what was traced when it is dropped.
pub(super) struct Log(Option<SdkTracerProvider>);

/// Starts the log. `UNDERSTUDY_LOG` is a filter such as `info` or
/// `server=debug`; `UNDERSTUDY_LOG_FORMAT=json` writes one object a line.
///
/// # Errors
/// A sentence that says what is accepted.
pub(super) fn init() -> Result<Log, String> {
    let variable = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let filter = read_filter(variable("UNDERSTUDY_LOG").as_deref().unwrap_or(USUAL))?;
    let text = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let text = match variable("UNDERSTUDY_LOG_FORMAT").as_deref() {
        None | Some("text") => text.boxed(),
        Some("json") => text.json().boxed(),
        Some(other) => {
            return Err(format!("UNDERSTUDY_LOG_FORMAT is `{other}`; it must be `text` or `json`"));
        }
    };
    let (traces, failed) = match env::var_os(COLLECTOR).map(|_| tracer_provider()) {
        Some(Ok(traces)) => (Some(traces), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let spans =
        traces.as_ref().map(|traces| tracing_opentelemetry::layer().with_tracer(traces.tracer("understudy")));
    tracing_subscriber::registry().with(filter).with(text).with(spans).init();
    if let Some(error) = failed {
        tracing::error!(%error, "{COLLECTOR} is set, but traces cannot be sent there");
    }
    Ok(Log(traces))
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
    let is_level = |part: &&str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
    let is_known = |part: &&str| part.contains(['=', '[', ']']) || is_level(part);
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let Some(unknown) = parts.iter().find(|part| !is_known(part)) {
        return Err(wrong(unknown));
    }
    EnvFilter::try_new(parts.join(",")).map_err(|_| wrong(text))
}

fn tracer_provider() -> Result<SdkTracerProvider, opentelemetry_otlp::ExporterBuildError> {
    let exporter = SpanExporter::builder().with_http().build()?;
    let resource = Resource::builder().with_service_name("understudy").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Drop for Log {
    fn drop(&mut self) {
        if let Some(traces) = self.0.take()
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
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
