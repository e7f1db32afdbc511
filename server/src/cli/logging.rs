//! The log: standard error, by `UNDERSTUDY_LOG`, as text or as JSON; and
//! traces, where a collector is named.

use std::{env, io::IsTerminal};

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Where traces are sent: a standard variable of OpenTelemetry, which also
/// reads its siblings. Without it nothing is sent.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Sends what was traced when it is dropped.
pub(super) struct Log(Option<SdkTracerProvider>);

/// Starts the log. `UNDERSTUDY_LOG` is a filter such as `info` or
/// `server=debug`; `UNDERSTUDY_LOG_FORMAT=json` writes one object a line.
pub(super) fn init() -> Log {
    let filter = EnvFilter::try_from_env("UNDERSTUDY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sea_orm_migration=warn,opentelemetry=warn"));
    let text = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let text = if env::var("UNDERSTUDY_LOG_FORMAT").is_ok_and(|format| format == "json") {
        text.json().boxed()
    } else {
        text.boxed()
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
    Log(traces)
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
