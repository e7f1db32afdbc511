//! Services that are being retired, and what they still hold.

use domain::{
    batch::Selection,
    id::{AccountId, BatchId, ServiceId},
    service::ServiceState,
    text::Slug,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    ServiceRow, Store, StoreError, UnitOfWork,
    accounts::filter::living_on,
    entities::{account, batch_item, enrollment, service},
    services,
};

/// What a service holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Accounts that are, or may be, there.
    pub accounts: u64,
    /// Requests that wait for a decision: it has not heard of them.
    pub requests: u64,
}

impl Holdings {
    /// Whether that is nothing.
    pub const fn is_empty(self) -> bool {
        self.accounts == 0 && self.requests == 0
    }
}

#[derive(FromQueryResult)]
struct Counted {
    all_of_it: i64,
    requests: i64,
}

impl Store {
    /// The services that are being retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn retiring(&self) -> Result<Vec<ServiceRow>, StoreError> {
        let retiring = service::Column::State.eq(<&str>::from(ServiceState::Retiring));
        let rows = service::Entity::find().filter(retiring).order_by_asc(service::Column::Slug);
        rows.all(&self.read).await?.into_iter().map(services::from_row).collect()
    }

    /// What the service holds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holdings(&self, service: ServiceId) -> Result<Holdings, StoreError> {
        holdings(service, &self.read).await
    }

    /// Requests for accounts on that service that wait for a decision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn requests_on(&self, service: &Slug, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<Uuid> = requests_on(service, limit).into_tuple().all(&self.read).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// Has the cleanup take away all that is on that service. Where that was
    /// settled before nothing changes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clear_out(&self, service: &Slug, cleanup: BatchId) -> Result<(), StoreError> {
        let items = batch_item::Entity::find().filter(batch_item::Column::BatchId.eq(cleanup.0));
        if items.one(&self.read).await?.is_some() {
            return Ok(());
        }
        let all = Selection { service: Some(service.clone()), kept_too: true, ..Selection::default() };
        let work = self.begin().await?;
        if work.insert_selected(cleanup, &all).await? > 0 {
            work.note_more_work();
        }
        work.commit_bookkeeping().await
    }
}

impl UnitOfWork {
    /// Stores that the service is retired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn retire_service(&self, service: &ServiceRow) -> Result<(), StoreError> {
        self.save_service(service).await?;
        self.forget_drift(service.id).await
    }

    /// What the service holds; nothing comes to it while it is kept from
    /// others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holdings(&self, service: ServiceId) -> Result<Holdings, StoreError> {
        holdings(service, &self.tx).await
    }
}

pub(super) fn requests_on(service: &Slug, limit: u64) -> Select<account::Entity> {
    account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        // Said as the partial index says it, so that it is used.
        .filter(Expr::cust("accounts.state = 'requested'"))
        .filter(living_on(service.as_str()))
        .order_by_asc(account::Column::Id)
        .limit(limit)
}

async fn holdings(service: ServiceId, db: &impl ConnectionTrait) -> Result<Holdings, StoreError> {
    let counted = enrollment::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "all_of_it")
        .column_as(Expr::cust("COUNT(CASE WHEN accounts.state = 'requested' THEN 1 END)"), "requests")
        .inner_join(account::Entity)
        .filter(enrollment::Column::ServiceId.eq(service.0))
        .filter(enrollment::Column::RemovedAt.is_null())
        .into_model::<Counted>()
        .one(db)
        .await?;
    Ok(counted.map_or_else(Holdings::default, |counted| Holdings {
        accounts: (counted.all_of_it - counted.requests).unsigned_abs(),
        requests: counted.requests.unsigned_abs(),
    }))
}
