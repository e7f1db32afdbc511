//! Where services and the ledger differ, as sweeps have seen it.

use std::collections::HashMap;

use domain::{
    Timestamp,
    drift::{Difference, DriftEntry, DriftKind, DriftState},
    id::{AccountId, DriftId, ServiceId},
    page::{Page, PageRequest},
    policy::Visibility,
    service::Service,
    text::Slug,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    accounts::filter::within,
    entities::drift,
    rows::{ROWS_AT_ONCE, Row, count, cut_to_page, the_one},
};

/// For so long it is known what became of an entry: whoever repeats a request
/// about it is told the same again.
const CLOSED_KEPT_MILLIS: i64 = 30 * 24 * 3_600 * 1_000;

impl Store {
    /// One page of what was seen in enough sweeps in a row and nobody has
    /// decided on, of what somebody sees: strangers' accounts on these services
    /// among it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drift(
        &self,
        visible: &Visibility,
        services: &[ServiceId],
        service: Option<&Slug>,
        page: PageRequest,
    ) -> Result<Page<DriftEntry>, StoreError> {
        let mut rows = page_of_drift(visible, services, service, page).all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let items = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|entry| entry.id.to_string());
        Ok(Page { items, next })
    }

    /// The entry with that id, also one that was dealt with.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drift_entry(&self, id: DriftId) -> Result<Option<DriftEntry>, StoreError> {
        the_one(drift::Entity::find_by_id(id.0), &self.read).await?.map(from_row).transpose()
    }

    /// What the last sweeps of that service saw.
    ///
    /// # Errors
    /// The database failed.
    pub async fn standing_drift(&self, service: ServiceId) -> Result<Vec<DriftEntry>, StoreError> {
        standing(service).all(&self.read).await?.into_iter().map(from_row).collect()
    }
}

impl UnitOfWork {
    /// The entry with that id, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drift_entry(&self, id: DriftId) -> Result<Option<DriftEntry>, StoreError> {
        let entry = drift::Entity::find_by_id(id.0).lock_exclusive();
        the_one(entry, &self.tx).await?.map(from_row).transpose()
    }

    /// Stores what became of an entry; closes it unless it stays as it is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_drift(&self, entry: &DriftEntry) -> Result<(), StoreError> {
        let now = self.world.now().as_millis();
        let closed_at = (!stands(entry.state)).then_some(now);
        drift::Entity::update_many()
            .col_expr(drift::Column::State, Expr::value(entry.state.to_string()))
            .col_expr(drift::Column::AccountId, Expr::value(entry.account.map(|id| id.0)))
            .col_expr(drift::Column::ClosedAt, Expr::value(closed_at))
            .filter(drift::Column::Id.eq(entry.id.0))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Records what a sweep of that service saw; answers all of it as it stands
    /// by now. What was not seen any more is resolved.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_drift(
        &self,
        service: &Service,
        seen: &[Difference],
    ) -> Result<Vec<DriftEntry>, StoreError> {
        let now = self.world.now();
        let rows = standing(service.id).lock_exclusive().all(&self.tx).await?;
        let before = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let mut before: HashMap<(DriftKind, String), DriftEntry> =
            before.into_iter().map(|entry| ((entry.kind, entry.username.clone()), entry)).collect();
        let (mut again, mut new) = (Vec::new(), Vec::new());
        for difference in seen {
            let key = (difference.kind, difference.username.clone());
            match before.get(&key).filter(|entry| is_the_same(entry, difference)) {
                Some(_) => again.extend(before.remove(&key)),
                None => new.push(self.first_seen(service, difference, now)),
            }
        }
        self.resolve(before.into_values().map(|entry| entry.id.0), now).await?;
        for entry in &mut again {
            entry.sweeps = entry.sweeps.saturating_add(1);
            entry.last_seen = now;
        }
        self.seen_again(&again, now).await?;
        for some in new.chunks(ROWS_AT_ONCE) {
            let rows = some.iter().map(|entry| to_row(service.id, entry));
            drift::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        drift::Entity::delete_many()
            .filter(drift::Column::ServiceId.eq(service.id.0))
            .filter(drift::Column::ClosedAt.lt(now.plus_millis(-CLOSED_KEPT_MILLIS).as_millis()))
            .exec(&self.tx)
            .await?;
        again.extend(new);
        again.sort_by(|one, other| (one.kind, &one.username).cmp(&(other.kind, &other.username)));
        Ok(again)
    }

    /// What sweeps saw of that service counts no more, nor does what one sees
    /// that is under way: from now on something else is called there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_drift(&self, service: ServiceId) -> Result<(), StoreError> {
        self.disown_sweep(service).await?;
        let open = standing(service).filter(drift::Column::State.eq(DriftState::Open.to_string()));
        let open: Vec<Uuid> = open.select_only().column(drift::Column::Id).into_tuple().all(&self.tx).await?;
        self.resolve(open, self.world.now()).await
    }

    fn first_seen(&self, service: &Service, difference: &Difference, now: Timestamp) -> DriftEntry {
        DriftEntry {
            id: DriftId(self.world.new_id()),
            service: service.slug.clone(),
            kind: difference.kind,
            state: DriftState::Open,
            username: difference.username.clone(),
            remote_id: difference.remote_id.clone(),
            account: difference.account,
            minted: difference.minted,
            first_seen: now,
            last_seen: now,
            sweeps: 1,
        }
    }

    async fn seen_again(&self, entries: &[DriftEntry], now: Timestamp) -> Result<(), StoreError> {
        for some in entries.chunks(ROWS_AT_ONCE) {
            drift::Entity::update_many()
                .col_expr(drift::Column::Sweeps, Expr::col(drift::Column::Sweeps).add(1))
                .col_expr(drift::Column::LastSeen, Expr::value(now.as_millis()))
                .filter(drift::Column::Id.is_in(some.iter().map(|entry| entry.id.0)))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    async fn resolve(
        &self,
        entries: impl IntoIterator<Item = Uuid>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let entries: Vec<Uuid> = entries.into_iter().collect();
        for some in entries.chunks(ROWS_AT_ONCE) {
            drift::Entity::update_many()
                .col_expr(drift::Column::State, Expr::value(DriftState::Resolved.to_string()))
                .col_expr(drift::Column::ClosedAt, Expr::value(now.as_millis()))
                .filter(drift::Column::Id.is_in(some.iter().copied()))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

/// Whether what is seen now is what was seen before: what came back under
/// another id is something else.
fn is_the_same(entry: &DriftEntry, difference: &Difference) -> bool {
    let same_id = match (&entry.remote_id, &difference.remote_id) {
        (Some(before), Some(now)) => before == now,
        (None, _) | (_, None) => true,
    };
    same_id && (entry.minted, entry.account) == (difference.minted, difference.account)
}

const fn stands(state: DriftState) -> bool {
    match state {
        DriftState::Open | DriftState::Ignored => true,
        DriftState::Adopted | DriftState::Deleted | DriftState::Resolved => false,
    }
}

/// What the last sweeps of that service saw.
pub(super) fn standing(service: ServiceId) -> Select<drift::Entity> {
    drift::Entity::find()
        .filter(drift::Column::ServiceId.eq(service.0))
        .filter(drift::Column::ClosedAt.is_null())
}

/// One page, and one row more to see whether there is another.
pub(super) fn page_of_drift(
    visible: &Visibility,
    services: &[ServiceId],
    service: Option<&Slug>,
    page: PageRequest,
) -> Select<drift::Entity> {
    let of_service = service.map(|slug| drift::Column::Service.eq(slug.as_str()));
    let older = page.before.map(|before| drift::Column::Id.lt(before));
    let mut rows = drift::Entity::find();
    if *visible != Visibility::All {
        // A row at a time: a list of all that somebody sees would grow with history.
        let strangers = Condition::all()
            .add(drift::Column::AccountId.is_null())
            .add(drift::Column::ServiceId.is_in(services.iter().map(|id| id.0)));
        let seen = Condition::any().add(strangers).add(within(visible));
        rows = rows.join(JoinType::LeftJoin, drift::Relation::Account.def()).filter(seen);
    }
    // Said as the partial index says it, so that it is used; 2 is
    // `DriftEntry::SHOWN_AFTER`.
    rows.filter(Expr::cust("drift.state = 'open' AND drift.sweeps >= 2"))
        .filter(Condition::all().add_option(of_service).add_option(older))
        .order_by_desc(drift::Column::Id)
        .limit(u64::from(page.limit) + 1)
}

fn to_row(service: ServiceId, entry: &DriftEntry) -> drift::ActiveModel {
    drift::ActiveModel {
        id: Set(entry.id.0),
        service_id: Set(service.0),
        service: Set(entry.service.to_string()),
        kind: Set(entry.kind.to_string()),
        state: Set(entry.state.to_string()),
        username: Set(entry.username.clone()),
        remote_id: Set(entry.remote_id.clone()),
        account_id: Set(entry.account.map(|id| id.0)),
        minted: Set(entry.minted),
        first_seen: Set(entry.first_seen.as_millis()),
        last_seen: Set(entry.last_seen.as_millis()),
        sweeps: Set(count(entry.sweeps)),
        closed_at: Set(None),
    }
}

fn from_row(row: drift::Model) -> Result<DriftEntry, StoreError> {
    let id = row.id;
    let at = Row { table: "drift", id: &id };
    Ok(DriftEntry {
        id: DriftId(row.id),
        service: at.parse("service", &row.service)?,
        kind: at.parse("kind", &row.kind)?,
        state: at.parse("state", &row.state)?,
        username: row.username,
        remote_id: row.remote_id,
        account: row.account_id.map(AccountId),
        minted: row.minted,
        first_seen: Timestamp::from_millis(row.first_seen),
        last_seen: Timestamp::from_millis(row.last_seen),
        sweeps: at.number("sweeps", row.sweeps)?,
    })
}
