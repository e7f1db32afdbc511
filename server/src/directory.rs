//! The registered services, each with the connector that drives it.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    Problem,
    id::ServiceId,
    service::{Capability, Service, Traits},
    text::Slug,
};
use serde_json::Value;

use crate::{
    connectors::{
        CallTimes, Connector, Connectors, Limits, Objection, Registered, SecretReference, ServiceDefinition,
        Unfit,
    },
    store::{ServiceRow, Store, UnitOfWork},
};

/// A registered service, ready to be called.
pub struct Target {
    /// The service.
    pub service: Service,
    /// What drives it.
    pub connector: Arc<dyn Connector>,
    /// What its definition declares, also what a check has disproved.
    pub declared: Vec<Capability>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.service.slug)
    }
}

/// The registered services.
///
/// The database is asked each time, so a change counts at once and in every
/// process; only what is costly to make of a row is kept.
#[derive(Clone)]
pub struct Directory {
    store: Store,
    connectors: Arc<Connectors>,
    made: Arc<Mutex<HashMap<ServiceId, Made>>>,
}

/// What was made of a row.
struct Made {
    of: ServiceRow,
    target: Arc<Target>,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directory")
    }
}

impl Directory {
    /// The services in that store.
    pub fn new(store: Store, connectors: Connectors) -> Self {
        Self { store, connectors: Arc::new(connectors), made: Arc::default() }
    }

    /// How long calls to services may take at the most.
    pub fn call_limits(&self) -> Limits {
        self.connectors.limits()
    }

    /// The environments that the operator allows.
    pub fn environments(&self) -> &[String] {
        self.connectors.environments()
    }

    /// How long calls to all the services took.
    pub fn call_times(&self) -> CallTimes {
        self.connectors.times()
    }

    /// Checks the table of a service that is to be registered, and whether
    /// the operator allows to call that service.
    ///
    /// # Errors
    /// Names every field that cannot be accepted.
    pub async fn check(&self, table: &Value) -> Result<ServiceDefinition, Unfit> {
        self.connectors.define(table).await
    }

    /// All services, by slug, but for those that are retired, and for those
    /// whose stored definition cannot be read any more: they are in the log.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all(&self) -> Result<Vec<Arc<Target>>, Problem> {
        let rows = self.store.services().await?;
        Ok(rows.iter().filter_map(|row| self.make(row).ok()).collect())
    }

    /// The service with that slug, unless it is retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Arc<Target>>, Problem> {
        self.store.service(slug).await?.map(|row| self.make(&row)).transpose()
    }

    /// Those of the services with these slugs that are not retired, as they
    /// stay until the unit of work is committed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn in_hand(&self, work: &UnitOfWork, slugs: &[Slug]) -> Result<Vec<Arc<Target>>, Problem> {
        work.services(slugs).await?.iter().map(|row| self.make(row)).collect()
    }

    /// The service with that id, also if it is retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn by_id(&self, id: ServiceId) -> Result<Option<Arc<Target>>, Problem> {
        self.store.service_by_id(id).await?.map(|row| self.make(&row)).transpose()
    }

    /// The services with that normalised base URL, but for those that are
    /// retired: by slug, those that give accounts out before others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn at(&self, base_url: &str) -> Result<Vec<Arc<Target>>, Problem> {
        self.store.services_at(base_url).await?.iter().map(|row| self.make(row)).collect()
    }

    /// The service as it is shown.
    ///
    /// # Errors
    /// The row's definition is not one that this version reads.
    pub fn describe(&self, row: &ServiceRow) -> Result<Service, Problem> {
        Ok(self.make(row)?.service.clone())
    }

    fn make(&self, row: &ServiceRow) -> Result<Arc<Target>, Problem> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.get(&row.id).filter(|made| made.of == *row) {
            return Ok(made.target.clone());
        }
        let definition = ServiceDefinition::restore(&row.definition).inspect_err(|problem| {
            tracing::error!(service = %row.slug, %problem, "a stored definition cannot be read");
        })?;
        let target = Arc::new(self.connect(row, definition));
        made.insert(row.id, Made { of: row.clone(), target: target.clone() });
        Ok(target)
    }

    fn connect(&self, row: &ServiceRow, definition: ServiceDefinition) -> Target {
        let registered = Registered {
            id: row.id,
            definition: definition.clone(),
            sealed: row.sealed_secret.clone(),
            disproved: row.check.as_ref().map(|check| check.disproved.clone()).unwrap_or_default(),
        };
        let connector = self.connectors.connect(registered);
        let secret_missing =
            definition.secret == Some(SecretReference::Sealed) && row.sealed_secret.is_none();
        let service = Service {
            id: row.id,
            slug: row.slug.clone(),
            name: definition.name.clone(),
            team: definition.team.as_str().to_owned(),
            shared_with: definition.shared_with.clone(),
            environment: definition.environment.clone(),
            base_url: row.base_url.clone(),
            connector: definition.connector.clone(),
            policy: definition.policy.clone(),
            traits: Traits {
                needs: missing(connector.objections(&definition.traits.attributes)),
                ..definition.traits.clone()
            },
            capabilities: connector.capabilities(),
            secret_missing,
            check: row.check.clone(),
            state: row.standing.state,
            state_since: row.standing.since,
            state_reason: row.standing.reason.clone(),
            cleanup: row.standing.cleanup,
            down_since: None,
            last_sweep: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Target { service, connector, declared: definition.capabilities() }
    }
}

/// Which attributes have to be said.
fn missing(objections: BTreeMap<String, Objection>) -> Vec<String> {
    let missing = objections.into_iter().filter(|(_, objection)| *objection == Objection::Missing);
    missing.map(|(name, _)| name).collect()
}
