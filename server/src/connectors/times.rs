//! How long calls to services take, and what comes of them.

use std::{fmt, time::Duration};

use domain::{service::Capability, text::Slug};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Which calls belong together.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabels {
    service: String,
    operation: &'static str,
    outcome: &'static str,
}

/// How long calls to services take, and what comes of them.
#[derive(Clone)]
pub struct CallTimes(Family<CallLabels, Histogram, fn() -> Histogram>);

impl fmt::Debug for CallTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallTimes")
    }
}

impl Default for CallTimes {
    fn default() -> Self {
        Self(Family::new_with_constructor(histogram))
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0])
}

impl CallTimes {
    /// Makes them readable through the registry.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Calls to services, by what came of them";
        registry.register_with_unit("target_call", help, Unit::Seconds, self.0.clone());
    }

    /// Notes a call.
    pub fn observe(&self, service: &Slug, operation: Capability, outcome: &'static str, took: Duration) {
        let labels = CallLabels { service: service.to_string(), operation: operation.into(), outcome };
        self.0.get_or_create(&labels).observe(took.as_secs_f64());
    }
}
