//! Services: the table as it was applied, and what look-ups need beside it.

use domain::{
    Timestamp,
    account::Sealed,
    check::ServiceCheck,
    id::{BatchId, ServiceId},
    service::{ServiceState, Standing},
    team::DEFAULT_TEAM,
    text::Slug,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LockType,
};

use serde_json::json;

use super::{
    Store, StoreError, UnitOfWork,
    entities::service,
    rows::{Row, millis, the_one, time},
};

/// A service as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceRow {
    /// Its id.
    pub id: ServiceId,
    /// Its slug.
    pub slug: Slug,
    /// Its base URL, normalised.
    pub base_url: String,
    /// The table of the service file, as JSON.
    pub definition: serde_json::Value,
    /// What came of trying it out, since it was last changed.
    pub check: Option<ServiceCheck>,
    /// Its own secret, where the portal keeps it.
    pub sealed_secret: Option<Sealed>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
}

impl ServiceRow {
    /// Whether it is not retired.
    pub fn is_there(&self) -> bool {
        self.standing.state != ServiceState::Retired
    }

    /// The team that it belongs to.
    pub fn team(&self) -> &str {
        self.definition["team"].as_str().map_or(DEFAULT_TEAM, str::trim)
    }

    fn is_shared_with(&self, team: &Slug) -> bool {
        let shared = self.definition["shared_with"].as_array();
        shared.is_some_and(|shared| {
            shared.iter().any(|slug| slug.as_str().map(str::trim) == Some(team.as_str()))
        })
    }

    /// It holds nothing, and is not there any more: there is nothing left that
    /// its secret would be good for.
    pub fn retire(&mut self, at: Timestamp) {
        self.standing.retire(at);
        self.sealed_secret = None;
    }
}

impl Store {
    /// All services but those that are retired, by slug.
    ///
    /// # Errors
    /// The database failed.
    pub async fn services(&self) -> Result<Vec<ServiceRow>, StoreError> {
        let rows = there().order_by_asc(service::Column::Slug).all(&self.read).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// The service with that slug, unless it is retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn service(&self, slug: &str) -> Result<Option<ServiceRow>, StoreError> {
        let by_slug = there().filter(service::Column::Slug.eq(slug));
        let row = the_one(by_slug, &self.read).await?;
        row.map(from_row).transpose()
    }

    /// The service with that id, also if it is retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn service_by_id(&self, id: ServiceId) -> Result<Option<ServiceRow>, StoreError> {
        let row = the_one(service::Entity::find_by_id(id.0), &self.read).await?;
        row.map(from_row).transpose()
    }

    /// The services with that normalised base URL, but for those that are
    /// retired: by slug, those that give accounts out before others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn services_at(&self, base_url: &str) -> Result<Vec<ServiceRow>, StoreError> {
        let rows = there()
            .filter(service::Column::BaseUrl.eq(base_url))
            .order_by_asc(service::Column::State.ne(<&str>::from(ServiceState::Active)))
            .order_by_asc(service::Column::Slug)
            .all(&self.read)
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl UnitOfWork {
    /// A service that belongs to that team or is shared with it, by slug, if
    /// there is one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn service_of(&self, team: &Slug) -> Result<Option<Slug>, StoreError> {
        let rows = there().order_by_asc(service::Column::Slug).all(&self.tx).await?;
        for row in rows {
            let row = from_row(row)?;
            if row.team() == team.as_str() || row.is_shared_with(team) {
                return Ok(Some(row.slug));
            }
        }
        Ok(None)
    }

    /// The service with that slug, also if it is retired, kept from others
    /// until the commit; nobody can enrol an account on it meanwhile.
    ///
    /// # Errors
    /// The database failed.
    pub async fn service(&self, slug: &str) -> Result<Option<ServiceRow>, StoreError> {
        let row = service::Entity::find()
            .filter(service::Column::Slug.eq(slug))
            .lock_exclusive()
            .one(&self.tx)
            .await?;
        row.map(from_row).transpose()
    }

    /// Keeps the services with those slugs from others until the commit,
    /// always in the same order, so that no two wait for each other.
    ///
    /// # Errors
    /// The database failed.
    pub async fn lock_services(&self, slugs: &[Slug]) -> Result<(), StoreError> {
        service::Entity::find()
            .filter(service::Column::Slug.is_in(slugs.iter().map(Slug::as_str)))
            .order_by_asc(service::Column::Id)
            .lock_exclusive()
            .all(&self.tx)
            .await?;
        Ok(())
    }

    /// The services with those slugs, but for those that are retired; nobody
    /// changes one until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn services(&self, slugs: &[Slug]) -> Result<Vec<ServiceRow>, StoreError> {
        let rows = there()
            .filter(service::Column::Slug.is_in(slugs.iter().map(Slug::as_str)))
            .order_by_asc(service::Column::Id)
            .lock(LockType::KeyShare)
            .all(&self.tx)
            .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Adds a service.
    ///
    /// # Errors
    /// The slug is taken ([`StoreError::is_taken`]), or the database failed.
    pub async fn insert_service(&self, service: &ServiceRow) -> Result<(), StoreError> {
        service::Entity::insert(to_row(service)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Keeps what came of trying the service out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_check(&self, id: ServiceId, check: &ServiceCheck) -> Result<(), StoreError> {
        let last_check = Set(Some(json!(check).to_string()));
        let row = service::ActiveModel { id: Set(id.0), last_check, ..Default::default() };
        service::Entity::update(row).exec(&self.tx).await?;
        Ok(())
    }

    /// Stores what changed in a service.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_service(&self, service: &ServiceRow) -> Result<(), StoreError> {
        service::Entity::update(to_row(service)).exec(&self.tx).await?;
        Ok(())
    }
}

/// The services that are not retired.
fn there() -> Select<service::Entity> {
    service::Entity::find().filter(service::Column::State.ne(<&str>::from(ServiceState::Retired)))
}

fn to_row(service: &ServiceRow) -> service::ActiveModel {
    service::ActiveModel {
        id: Set(service.id.0),
        slug: Set(service.slug.to_string()),
        base_url: Set(service.base_url.clone()),
        definition: Set(service.definition.to_string()),
        last_check: Set(service.check.as_ref().map(|check| json!(check).to_string())),
        sealed_secret: Set(service.sealed_secret.clone().map(|sealed| sealed.0)),
        created_at: Set(service.created_at.as_millis()),
        updated_at: Set(service.updated_at.as_millis()),
        state: Set(service.standing.state.to_string()),
        state_since: Set(millis(service.standing.since)),
        state_reason: Set(service.standing.reason.clone()),
        cleanup_id: Set(service.standing.cleanup.map(|cleanup| cleanup.0)),
    }
}

pub(super) fn from_row(row: service::Model) -> Result<ServiceRow, StoreError> {
    let id = row.id;
    let at = Row { table: "services", id: &id };
    Ok(ServiceRow {
        id: ServiceId(row.id),
        slug: at.parse("slug", &row.slug)?,
        definition: at.json("definition", &row.definition)?,
        check: row.last_check.as_deref().map(|check| at.json("last_check", check)).transpose()?,
        sealed_secret: row.sealed_secret.map(Sealed),
        base_url: row.base_url,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        standing: Standing {
            state: at.parse("state", &row.state)?,
            since: time(row.state_since),
            reason: row.state_reason,
            cleanup: row.cleanup_id.map(BatchId),
        },
    })
}
