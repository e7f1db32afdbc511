//! Forgetting what was kept long enough. That accounts and events were there is
//! known for good.

use domain::{Timestamp, id::AccountId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    entities::{account, account_label, batch, event_detail},
    rows::{ROWS_AT_ONCE, there_is},
};

/// What people write about an account that they ask for.
const WRITTEN: [&str; 4] = ["purpose", "ticket", "labels", "attributes"];

/// How much of what was kept long enough is still there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overripe {
    /// Accounts about which something was written.
    pub accounts: u64,
    /// Batches.
    pub batches: u64,
    /// Events with details.
    pub events: u64,
}

impl Store {
    /// What there is to forget about accounts that ended before one time, and
    /// events before another.
    ///
    /// # Errors
    /// The database failed.
    pub async fn overripe(
        &self,
        ended: Option<Timestamp>,
        happened: Option<Timestamp>,
    ) -> Result<Overripe, StoreError> {
        let mut overripe = Overripe::default();
        if let Some(before) = ended {
            overripe.accounts = ended_before(before).count(&self.read).await?;
            overripe.batches = over_before(before).count(&self.read).await?;
        }
        if let Some(before) = happened {
            overripe.events = detailed_before(before).count(&self.read).await?;
        }
        Ok(overripe)
    }

    /// Erases the details of events that are older than that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_event_details(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let some = self.some_ids(detailed_before(before), event_detail::Column::EventId).await?;
            if some.is_empty() {
                return Ok(());
            }
            let those = event_detail::Column::EventId.is_in(some);
            event_detail::Entity::delete_many().filter(those).exec(&self.write).await?;
        }
    }

    /// Forgets what people wrote about accounts that ended before that: what
    /// they were for, ticket, labels, attributes, and why they were approved or
    /// denied.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_accounts(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let some = self.some_ids(ended_before(before), account::Column::Id).await?;
            if some.is_empty() {
                return Ok(());
            }
            let work = self.begin().await?;
            account_label::Entity::delete_many()
                .filter(account_label::Column::AccountId.is_in(some.iter().copied()))
                .exec(&work.tx)
                .await?;
            let nothing = Expr::value(Option::<String>::None);
            account::Entity::update_many()
                .col_expr(account::Column::Purpose, nothing.clone())
                .col_expr(account::Column::Ticket, nothing.clone())
                .col_expr(account::Column::DecisionReason, nothing)
                .col_expr(account::Column::Labels, Expr::value("{}"))
                .col_expr(account::Column::Attributes, Expr::value("{}"))
                .col_expr(account::Column::ForgottenAt, Expr::value(self.world.now().as_millis()))
                .filter(account::Column::Id.is_in(some))
                .exec(&work.tx)
                .await?;
            work.commit_bookkeeping().await?;
        }
    }

    /// The same for batches all of whose accounts ended before that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_batches(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let some = over_before(before).limit(ROWS_AT_ONCE as u64).all(&self.read).await?;
            if some.is_empty() {
                return Ok(());
            }
            let work = self.begin().await?;
            for row in some {
                let row = batch::ActiveModel {
                    id: Set(row.id),
                    command: Set(without_what_was_written(row.command)),
                    forgotten_at: Set(Some(self.world.now().as_millis())),
                    ..Default::default()
                };
                batch::Entity::update(row).exec(&work.tx).await?;
            }
            work.commit_bookkeeping().await?;
        }
    }

    async fn some_ids<E: EntityTrait>(
        &self,
        which: Select<E>,
        id: E::Column,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = which.select_only().column(id).limit(ROWS_AT_ONCE as u64);
        Ok(ids.into_tuple().all(&self.read).await?)
    }
}

impl UnitOfWork {
    /// Whether what was written about one of these was forgotten.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_any_forgotten(
        &self,
        accounts: impl Iterator<Item = AccountId>,
    ) -> Result<bool, StoreError> {
        let ids: Vec<Uuid> = accounts.map(|id| id.0).collect();
        for some in ids.chunks(ROWS_AT_ONCE) {
            let forgotten = account::Entity::find()
                .filter(account::Column::Id.is_in(some.iter().copied()))
                .filter(account::Column::ForgottenAt.is_not_null());
            if forgotten.one(&self.tx).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn ended_before(before: Timestamp) -> Select<account::Entity> {
    account::Entity::find()
        .filter(account::Column::EndedAt.lt(before.as_millis()))
        .filter(account::Column::ForgottenAt.is_null())
}

fn over_before(before: Timestamp) -> Select<batch::Entity> {
    let of_batch =
        Expr::col((account::Entity, account::Column::BatchId)).equals((batch::Entity, batch::Column::Id));
    let not_over = account::Column::EndedAt.is_null().or(account::Column::EndedAt.gte(before.as_millis()));
    batch::Entity::find()
        .filter(batch::Column::CreatedAt.lt(before.as_millis()))
        .filter(batch::Column::ForgottenAt.is_null())
        .filter(there_is(account::Entity, of_batch.and(not_over)).not())
}

fn detailed_before(before: Timestamp) -> Select<event_detail::Entity> {
    // Ids begin with the time.
    let first_after = Uuid::from_u128(u128::from(before.as_millis().unsigned_abs()) << 80);
    event_detail::Entity::find()
        .filter(event_detail::Column::EventId.lt(first_after))
        .order_by_asc(event_detail::Column::EventId)
}

/// The command without what people wrote; one that is none stays as it is.
fn without_what_was_written(command: String) -> String {
    match serde_json::from_str(&command) {
        Ok(Value::Object(mut fields)) => {
            fields.retain(|field, _| !WRITTEN.contains(&field.as_str()));
            Value::Object(fields).to_string()
        }
        Ok(_) | Err(_) => command,
    }
}
