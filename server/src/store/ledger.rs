//! What the ledger says of names on one service, for sweeps.

use std::collections::{HashMap, HashSet};

use domain::{
    Timestamp,
    drift::LedgerEntry,
    id::{AccountId, EnrollmentId, ServiceId},
    service::ServiceState,
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait, Select,
};
use uuid::Uuid;

use super::{
    Store, StoreError,
    entities::{account, enrollment, service},
    rows::{ROWS_AT_ONCE, Row, time},
};

#[derive(FromQueryResult)]
struct Entry {
    id: Uuid,
    account_id: Uuid,
    account_state: String,
    version: i32,
    username: String,
    not_ours: bool,
    remote_id: Option<String>,
    state: String,
    next_attempt_at: Option<i64>,
    unsettled_until: Option<i64>,
    removed_at: Option<i64>,
}

impl Store {
    /// The enrollments on that service that live, each with its account's
    /// version.
    ///
    /// # Errors
    /// The database failed.
    pub async fn living_on(&self, service: ServiceId) -> Result<HashMap<EnrollmentId, u32>, StoreError> {
        let entries = self.read_entries(living(service)).await?;
        Ok(entries.into_iter().map(|entry| (entry.enrollment, entry.version)).collect())
    }

    /// All that lives on that service, and whoever bore one of the names there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ledger(&self, service: ServiceId, names: &[&str]) -> Result<Vec<LedgerEntry>, StoreError> {
        let mut entries = self.read_entries(living(service)).await?;
        let names: Vec<&str> = {
            let living: HashSet<&str> = entries.iter().map(|entry| entry.username.as_str()).collect();
            names.iter().copied().filter(|name| !living.contains(name)).collect()
        };
        for some in names.chunks(ROWS_AT_ONCE) {
            entries.extend(self.read_entries(named(service, some)).await?);
        }
        Ok(entries)
    }

    /// Those of the names that were given to other services at the same address:
    /// these have the same accounts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn borne_beside(
        &self,
        service: ServiceId,
        base_url: &str,
        names: &[&str],
    ) -> Result<HashSet<String>, StoreError> {
        let beside: Vec<Uuid> = service::Entity::find()
            .select_only()
            .column(service::Column::Id)
            .filter(service::Column::BaseUrl.eq(base_url))
            .filter(service::Column::Id.ne(service.0))
            // Nobody looks after what one that is retired may have left.
            .filter(service::Column::State.ne(ServiceState::Retired.to_string()))
            .into_tuple()
            .all(&self.read)
            .await?;
        let mut borne = HashSet::new();
        for service in beside {
            for some in names.chunks(ROWS_AT_ONCE) {
                let rows = named(ServiceId(service), some).select_only().column(enrollment::Column::Username);
                borne.extend(rows.into_tuple::<String>().all(&self.read).await?);
            }
        }
        Ok(borne)
    }

    /// What the ledger says of that name on that service.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ledger_entry(
        &self,
        service: ServiceId,
        name: &str,
    ) -> Result<Option<LedgerEntry>, StoreError> {
        Ok(self.read_entries(named(service, &[name])).await?.pop())
    }

    async fn read_entries(&self, which: Select<enrollment::Entity>) -> Result<Vec<LedgerEntry>, StoreError> {
        let rows = which
            .select_only()
            .columns([
                enrollment::Column::Id,
                enrollment::Column::AccountId,
                enrollment::Column::Username,
                enrollment::Column::NotOurs,
                enrollment::Column::RemoteId,
                enrollment::Column::State,
                enrollment::Column::NextAttemptAt,
                enrollment::Column::UnsettledUntil,
                enrollment::Column::RemovedAt,
            ])
            .column_as(account::Column::State, "account_state")
            .column(account::Column::Version)
            .join(JoinType::InnerJoin, enrollment::Relation::Account.def())
            .into_model::<Entry>()
            .all(&self.read)
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

/// What lives on that service.
pub(super) fn living(service: ServiceId) -> Select<enrollment::Entity> {
    enrollment::Entity::find()
        .filter(enrollment::Column::ServiceId.eq(service.0))
        .filter(enrollment::Column::RemovedAt.is_null())
}

/// Whoever bears or bore one of these names there.
pub(super) fn named(service: ServiceId, names: &[&str]) -> Select<enrollment::Entity> {
    enrollment::Entity::find()
        .filter(enrollment::Column::ServiceId.eq(service.0))
        .filter(enrollment::Column::Username.is_in(names.iter().copied()))
}

fn from_row(row: Entry) -> Result<LedgerEntry, StoreError> {
    let id = row.id;
    let at = Row { table: "enrollments", id: &id };
    Ok(LedgerEntry {
        enrollment: EnrollmentId(row.id),
        account: AccountId(row.account_id),
        account_state: at.parse("account's state", &row.account_state)?,
        version: at.number("account's version", row.version)?,
        username: row.username,
        not_ours: row.not_ours,
        remote_id: row.remote_id,
        state: at.parse("state", &row.state)?,
        next_attempt_at: time(row.next_attempt_at),
        unsettled_until: time(row.unsettled_until),
        removed_at: row.removed_at.map(Timestamp::from_millis),
    })
}
