//! What cleanups take away, and what they spare.

use domain::{
    Account, Timestamp,
    batch::{CleanUpPreview, Selection},
    id::{AccountId, BatchId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, OnConflict, Order, Query, SelectStatement},
};

use super::{
    BatchRow, Store, StoreError, UnitOfWork,
    accounts::{assemble, filter::selected},
    entities::{account, batch_item, enrollment},
    rows::{ROWS_AT_ONCE, Row},
};

impl Store {
    /// What a cleanup would take away now, and what it would spare.
    ///
    /// # Errors
    /// The database failed.
    pub async fn preview(&self, selection: &Selection) -> Result<CleanUpPreview, StoreError> {
        let now = self.world.now();
        let met = account::Entity::find().filter(met_by(selection, now));
        let matched = met.clone().count(&self.read).await?;
        let ending = met.clone().filter(account::Column::EndReason.is_not_null()).count(&self.read).await?;
        let kept = spared(selection, now).count(&self.read).await?;
        let ids = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .cond_where(met_by(selection, now))
            .to_owned();
        let by_service: Vec<(String, i64)> = enrollment::Entity::find()
            .select_only()
            .column(enrollment::Column::Service)
            .column_as(enrollment::Column::Id.count(), "accounts")
            .filter(enrollment::Column::AccountId.in_subquery(ids))
            .group_by(enrollment::Column::Service)
            .into_tuple()
            .all(&self.read)
            .await?;
        let by_service = by_service
            .into_iter()
            .map(|(slug, accounts)| {
                let at = Row { table: "enrollments", id: &slug };
                Ok((at.parse("service", &slug)?, accounts.unsigned_abs()))
            })
            .collect::<Result<_, StoreError>>()?;
        let newest = met.order_by_desc(account::Column::Id).limit(u64::from(CleanUpPreview::SAMPLE));
        let newest = assemble(&self.read, newest.all(&self.read).await?).await?;
        let sample = newest.into_iter().map(Into::into).collect();
        Ok(CleanUpPreview { matched, ending, by_service, kept, sample })
    }

    /// The next accounts of any cleanup whose removal was not begun yet, and
    /// the batch that they belong to.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_to_clean_up(
        &self,
        limit: u64,
    ) -> Result<Option<(BatchRow, Vec<AccountId>)>, StoreError> {
        let waiting = || batch_item::Entity::find().filter(Expr::cust("NOT begun"));
        let Some(first) = waiting().order_by_asc(batch_item::Column::BatchId).one(&self.read).await? else {
            return Ok(None);
        };
        let id = BatchId(first.batch_id);
        let items = waiting()
            .filter(batch_item::Column::BatchId.eq(first.batch_id))
            .order_by_asc(batch_item::Column::AccountId)
            .limit(limit)
            .all(&self.read)
            .await?;
        let row = self.batch(id).await?;
        Ok(row.map(|row| (row, items.into_iter().map(|item| AccountId(item.account_id)).collect())))
    }
}

impl UnitOfWork {
    /// How many accounts a cleanup spares now, since they are kept with their
    /// run.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_spared(&self, selection: &Selection) -> Result<u64, StoreError> {
        Ok(spared(selection, self.world.now()).count(&self.tx).await?)
    }

    /// Adds to a batch what is selected now, but for what is kept with its
    /// run and for what it has already; says how many accounts that are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_selected(&self, batch: BatchId, selection: &Selection) -> Result<u64, StoreError> {
        let select: SelectStatement = Query::select()
            .expr(Expr::value(batch.0))
            .column(account::Column::Id)
            .expr(Expr::value(false))
            .from(account::Entity)
            .cond_where(met_by(selection, self.world.now()))
            // In the order in which everybody takes accounts.
            .order_by(account::Column::Id, Order::Asc)
            .to_owned();
        let mut insert = Query::insert();
        insert.into_table(batch_item::Entity).columns([
            batch_item::Column::BatchId,
            batch_item::Column::AccountId,
            batch_item::Column::Begun,
        ]);
        insert.select_from(select).map_err(|error| StoreError::Location(error.to_string()))?;
        insert.on_conflict(OnConflict::new().do_nothing().to_owned());
        Ok(self.tx.execute(&insert).await?.rows_affected())
    }

    /// The part of these accounts in the batch is begun.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_batch_items(&self, batch: BatchId, accounts: &[AccountId]) -> Result<(), StoreError> {
        batch_item::Entity::update_many()
            .col_expr(batch_item::Column::Begun, Expr::value(true))
            .filter(batch_item::Column::BatchId.eq(batch.0))
            .filter(batch_item::Column::AccountId.is_in(accounts.iter().map(|id| id.0)))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Keeps from cleanups until then what is selected now and not ending;
    /// answers those accounts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn keep_selected(
        &self,
        selection: &Selection,
        until: Timestamp,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = account::Entity::find()
            .filter(selected(selection))
            .filter(account::Column::EndReason.is_null())
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .all(&self.tx)
            .await?;
        for some in rows.chunks(ROWS_AT_ONCE) {
            account::Entity::update_many()
                .col_expr(account::Column::KeptUntil, Expr::value(until.as_millis()))
                .filter(account::Column::Id.is_in(some.iter().map(|row| row.id)))
                .exec(&self.tx)
                .await?;
        }
        assemble(&self.tx, rows).await
    }
}

/// What is selected, but for what is kept with its run.
fn met_by(selection: &Selection, now: Timestamp) -> Condition {
    let not_kept = Condition::any()
        .add(account::Column::KeptUntil.is_null())
        .add(account::Column::KeptUntil.lte(now.as_millis()));
    selected(selection).add_option((!selection.kept_too).then_some(not_kept))
}

fn spared(selection: &Selection, now: Timestamp) -> Select<account::Entity> {
    account::Entity::find().filter(selected(selection)).filter(account::Column::KeptUntil.gt(now.as_millis()))
}
