//! What the portal measures of itself, as Prometheus reads it.

use std::sync::{Arc, atomic::AtomicU64};

use domain::{Problem, Timestamp};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::{
    directory::{Directory, Target},
    store::{Measured, Store},
    worker::Intake,
    world::World,
};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AccountLabels {
    service: String,
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ServiceLabels {
    service: String,
}

/// What the portal measures of itself.
#[derive(Clone, Debug)]
pub struct Metrics {
    store: Store,
    world: World,
    directory: Directory,
    intake: Option<Intake>,
}

impl Metrics {
    /// Of that store, and of the calls to those services.
    pub const fn new(store: Store, world: World, directory: Directory, intake: Option<Intake>) -> Self {
        Self { store, world, directory, intake }
    }

    /// All measures as they are now, in the text format of OpenMetrics.
    ///
    /// # Errors
    /// The database failed.
    pub async fn text(&self) -> Result<String, Problem> {
        let measured = self.store.measure().await?;
        let services = self.directory.all().await?;
        let mut registry = Registry::with_prefix("understudy");
        self.directory.call_times().register(&mut registry);
        self.register(&mut registry, &measured);
        registry.register(
            "service_up",
            "Whether a service answers, as this process finds: 0 where it does not",
            self.up(&services),
        );
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &registry);
        Ok(text)
    }

    fn up(&self, services: &[Arc<Target>]) -> Family<ServiceLabels, Gauge> {
        let up = Family::<ServiceLabels, Gauge>::default();
        for Target { service, .. } in services.iter().map(AsRef::as_ref) {
            let is_down = self.intake.as_ref().is_some_and(|intake| intake.down_since(service.id).is_some());
            let labels = ServiceLabels { service: service.slug.to_string() };
            up.get_or_create(&labels).set(i64::from(!is_down));
        }
        up
    }

    fn register(&self, registry: &mut Registry, measured: &Measured) {
        let now = self.world.now();
        let age = |since: Option<Timestamp>| {
            since.map_or(0.0, |since| now.millis_since(since).max(0) as f64 / 1_000.0)
        };
        let accounts = Family::<AccountLabels, Gauge>::default();
        for (service, state, count) in &measured.accounts {
            let labels = AccountLabels { service: service.clone(), state: state.clone() };
            accounts.get_or_create(&labels).set(*count);
        }
        registry.register("accounts", "Accounts that have not ended, on each of their services", accounts);
        let debt = Family::<ServiceLabels, Gauge>::default();
        let debt_age = Family::<ServiceLabels, Gauge<f64, AtomicU64>>::default();
        for (service, count, since) in &measured.debt {
            let labels = ServiceLabels { service: service.clone() };
            debt.get_or_create(&labels).set(*count);
            debt_age.get_or_create(&labels).set(age(*since));
        }
        registry.register("debt", "Accounts that should be gone from a service and are not", debt);
        registry.register_with_unit(
            "debt_oldest",
            "Since when the oldest should be gone",
            Unit::Seconds,
            debt_age,
        );
        let number = |value: i64| {
            let gauge = Gauge::<i64>::default();
            gauge.set(value);
            gauge
        };
        registry.register("queue_due", "Enrollments with work that is due", number(measured.due));
        registry.register(
            "queue_waiting",
            "Enrollments with work that is due later",
            number(measured.waiting),
        );
        registry.register(
            "unsealed_events",
            "Events that the chain does not hold yet",
            number(measured.unsealed),
        );
        let lag = Gauge::<f64, AtomicU64>::default();
        lag.set(age(measured.oldest_unsealed));
        registry.register_with_unit("seal_lag", "Since when the oldest of them waits", Unit::Seconds, lag);
    }
}
