//! The connector that is driven by data: an operation is a request with
//! places for values, and rules that say what the answer means.

mod attestation;
mod auth;
mod capture;
mod client;
mod connector;
mod exchange;
mod fields;
mod filters;
mod growth;
mod judged;
mod listing;
mod login;
mod operations;
mod pages;
mod redaction;
mod reply;
mod request;
mod rules;
mod run;
mod seen;
mod step;
mod template;
mod values;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use domain::{account::Sealed, id::ServiceId, problem::Checks, service::Capability};
use url::Host;

pub use client::Limits;
pub use listing::Listed;
pub use operations::HttpDefinition;
#[cfg(test)]
pub use rules::tests::broken as broken_rules;

use self::{
    client::{GuardedClient, Lookup, SystemLookup},
    connector::HttpConnector,
};
use super::{CallTimes, Connector, Guard, ServiceDefinition, ServiceSecrets, Unfit};
use crate::world::World;

/// Makes connectors for services. There is one for the whole process, so that
/// all calls share the guard, the limits and the connections.
pub struct Connectors {
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
    client: Arc<GuardedClient>,
    limits: Limits,
    secrets: Arc<ServiceSecrets>,
    times: CallTimes,
    world: World,
}

/// A service as it is registered.
#[derive(Debug)]
pub struct Registered {
    /// Its id.
    pub id: ServiceId,
    /// Its definition.
    pub definition: ServiceDefinition,
    /// Its own secret, where the portal keeps it.
    pub sealed: Option<Sealed>,
    /// What a check has disproved of what the definition declares.
    pub disproved: Vec<Capability>,
}

/// The system offers nothing to make connections with.
#[derive(Debug, thiserror::Error)]
#[error("no HTTPS client can be set up on this system: {0}; are the CA certificates installed?")]
pub struct ClientUnavailable(#[from] reqwest::Error);

impl Connectors {
    /// # Errors
    /// The system offers no working TLS.
    pub fn new(
        guard: Guard,
        limits: Limits,
        secrets: ServiceSecrets,
        world: World,
    ) -> Result<Self, ClientUnavailable> {
        Self::with_lookup(guard, limits, secrets, world, Arc::new(SystemLookup))
    }

    fn with_lookup(
        guard: Guard,
        limits: Limits,
        secrets: ServiceSecrets,
        world: World,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, ClientUnavailable> {
        let guard = Arc::new(guard);
        let client = Arc::new(GuardedClient::new(Arc::clone(&guard), Arc::clone(&lookup), limits)?);
        let secrets = Arc::new(secrets);
        Ok(Self { guard, lookup, client, limits, secrets, times: CallTimes::default(), world })
    }

    /// How long the calls of all its connectors took.
    pub fn times(&self) -> CallTimes {
        self.times.clone()
    }

    /// The environments that the operator allows.
    pub fn environments(&self) -> &[String] {
        self.guard.environments()
    }

    /// How long calls may take at the most.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Checks the table of a service that is to be registered, and whether
    /// the operator allows to call that service.
    ///
    /// # Errors
    /// Points at every field that cannot be accepted.
    pub async fn define(&self, table: &serde_json::Value) -> Result<ServiceDefinition, Unfit> {
        let definition = ServiceDefinition::parse(table, &self.guard)?;
        self.check_names(&definition).await?;
        Ok(definition)
    }

    /// A listed host may well be down while its service is registered; any
    /// other has to prove that it is this machine.
    async fn check_names(&self, definition: &ServiceDefinition) -> Result<(), Unfit> {
        let mut forbidden = Vec::new();
        let mut checks = Checks::new();
        for (place, url) in definition.places() {
            let Some(Host::Domain(host)) = url.host() else { continue };
            if self.guard.lists(host) {
                continue;
            }
            match tokio::time::timeout(self.limits.connect, self.lookup.addresses(host)).await {
                Ok(Ok(addresses)) if !addresses.is_empty() => {
                    if let Err(refusal) = self.guard.addresses(host, &addresses) {
                        checks.note(place, format!("cannot be called: {refusal}"));
                        forbidden.push(refusal.to_string());
                    }
                }
                Ok(_) | Err(_) => {
                    let why = format!(
                        "cannot be called: `{host}` was not found, and is not in the operator's `allowed_hosts`"
                    );
                    checks.note(place, why);
                }
            }
        }
        checks.finish().map_err(|problem| Unfit { problem, forbidden })
    }

    /// The connector for that service.
    pub fn connect(&self, service: Registered) -> Arc<dyn Connector> {
        let (guard, client) = (Arc::clone(&self.guard), Arc::clone(&self.client));
        let (times, world) = (self.times.clone(), self.world.clone());
        let secrets = Arc::clone(&self.secrets);
        Arc::new(HttpConnector { service, guard, client, secrets, times, world })
    }
}
