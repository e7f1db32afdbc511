//! Batches, their accounts, and how far they are.

use domain::{
    EndReason, Timestamp,
    actor::ActorRef,
    batch::{Batch, BatchFailure, BatchKind, BatchState},
    id::{AccountId, BatchId},
    page::{Page, PageRequest},
    policy::Visibility,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    accounts::assemble,
    entities::{account, batch, batch_item, enrollment},
    rows::{ActorColumns, Row, cut_to_page},
};

/// A batch as it was accepted.
#[derive(Clone, Debug)]
pub struct BatchRow {
    /// Its id.
    pub id: BatchId,
    /// What it does.
    pub kind: BatchKind,
    /// Who asked for it.
    pub requested_by: ActorRef,
    /// Of which team they were.
    pub team: String,
    /// What was asked for.
    pub command: serde_json::Value,
    /// How many accounts a cleanup spared.
    pub kept: u64,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// How far the accounts of a batch are. One is settled once it was active or is
/// not to be any more.
#[derive(Debug, Default, FromQueryResult)]
struct Progress {
    total: i64,
    active: i64,
    ended: i64,
    waiting: i64,
    settled: i64,
    last_settled_at: Option<i64>,
    last_ended_at: Option<i64>,
}

/// When an account became active or was given up. One of which nothing was
/// ever sent has ended with that.
const SETTLED_AT: &str = "COALESCE(accounts.active_at, \
    (SELECT MAX(removing_since) FROM enrollments WHERE account_id = accounts.id), accounts.ended_at)";

impl Store {
    /// The batch with that id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn batch(&self, id: BatchId) -> Result<Option<BatchRow>, StoreError> {
        batch::Entity::find_by_id(id.0).one(&self.read).await?.map(from_row).transpose()
    }

    /// One page of the batches that somebody sees.
    ///
    /// # Errors
    /// The database failed.
    pub async fn batches(
        &self,
        visible: &Visibility,
        page: PageRequest,
    ) -> Result<Page<BatchRow>, StoreError> {
        let rows = page_of_batches(visible, page);
        let mut rows = rows.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let items = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items, next })
    }

    /// How far the batch is. It is read off its accounts each time: so it is
    /// never out of step with them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn progress(&self, row: BatchRow) -> Result<Batch, StoreError> {
        let progress = self.count_progress(row.id).await?;
        let (done, failed, last) = match row.kind {
            BatchKind::Create => {
                (progress.active, progress.settled - progress.active, progress.last_settled_at)
            }
            BatchKind::Cleanup => (progress.ended, 0, progress.last_ended_at),
        };
        let finished = done + failed == progress.total;
        let waiting_of = if progress.waiting > 0 { self.waiting_of(row.id).await? } else { Vec::new() };
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(Batch {
            failures: self.failures(&row).await?,
            id: row.id,
            kind: row.kind,
            state: if finished { BatchState::Finished } else { BatchState::Running },
            total: number(progress.total),
            done: number(done),
            failed: number(failed),
            waiting: number(progress.waiting),
            waiting_of,
            kept: row.kept,
            requested_by: row.requested_by,
            command: row.command,
            created_at: row.created_at,
            finished_at: finished.then(|| last.map_or(row.created_at, Timestamp::from_millis)),
        })
    }

    async fn count_progress(&self, id: BatchId) -> Result<Progress, StoreError> {
        let progress = account::Entity::find()
            .select_only()
            .column_as(Expr::cust("COUNT(*)"), "total")
            .column_as(Expr::cust("COUNT(active_at)"), "active")
            .column_as(Expr::cust("COUNT(ended_at)"), "ended")
            .column_as(Expr::cust("COUNT(CASE WHEN state = 'requested' THEN 1 END)"), "waiting")
            .column_as(Expr::cust(format!("COUNT({SETTLED_AT})")), "settled")
            .column_as(Expr::cust(format!("MAX({SETTLED_AT})")), "last_settled_at")
            .column_as(Expr::cust("MAX(ended_at)"), "last_ended_at")
            .filter(account::Column::Id.in_subquery(items_of(id)))
            .into_model::<Progress>()
            .one(&self.read)
            .await?;
        Ok(progress.unwrap_or_default())
    }

    /// Who asked for what waits of the batch, by login.
    async fn waiting_of(&self, id: BatchId) -> Result<Vec<String>, StoreError> {
        let logins = account::Entity::find()
            .select_only()
            .column(account::Column::RequestedByLogin)
            .distinct()
            .filter(account::Column::BatchId.eq(id.0))
            .filter(Expr::cust("state = 'requested'"))
            .order_by_asc(account::Column::RequestedByLogin);
        Ok(logins.into_tuple().all(&self.read).await?)
    }

    /// The accounts with which something is wrong: those of a creation that
    /// were given up, and those of a cleanup whose removal did not succeed yet.
    async fn failures(&self, row: &BatchRow) -> Result<Vec<BatchFailure>, StoreError> {
        let mut wrong = account::Entity::find()
            .filter(account::Column::Id.in_subquery(items_of(row.id)))
            .order_by_asc(account::Column::Id)
            .limit(u64::from(Batch::FAILURES_SHOWN));
        wrong = match row.kind {
            BatchKind::Create => wrong
                .filter(account::Column::ActiveAt.is_null())
                .filter(account::Column::EndReason.is_not_null()),
            BatchKind::Cleanup => wrong.filter(account::Column::EndedAt.is_null()).filter(
                account::Column::Id.in_subquery(
                    Query::select()
                        .column(enrollment::Column::AccountId)
                        .from(enrollment::Entity)
                        .and_where(Expr::cust("state = 'removing'"))
                        .and_where(enrollment::Column::LastError.is_not_null())
                        .to_owned(),
                ),
            ),
        };
        let accounts = assemble(&self.read, wrong.all(&self.read).await?).await?;
        Ok(accounts
            .into_iter()
            .map(|account| BatchFailure {
                account: account.id,
                username: account.username,
                reasons: account
                    .enrollments
                    .into_iter()
                    .filter_map(|enrollment| {
                        Some((enrollment.service, enrollment.failure.or(enrollment.last_error)?))
                    })
                    .collect(),
            })
            .collect())
    }

    /// The accounts of the batch that wait for a decision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn waiting_of_batch(&self, id: BatchId) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<Uuid> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::BatchId.eq(id.0))
            .filter(Expr::cust("state = 'requested'"))
            .order_by_asc(account::Column::Id)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// One page of a batch's accounts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts_of_batch(
        &self,
        id: BatchId,
        page: PageRequest,
    ) -> Result<Page<domain::Account>, StoreError> {
        let mut rows = account::Entity::find()
            .filter(account::Column::Id.in_subquery(items_of(id)))
            .order_by_desc(account::Column::Id)
            .limit(u64::from(page.limit) + 1);
        if let Some(before) = page.before {
            rows = rows.filter(account::Column::Id.lt(before));
        }
        let mut rows = rows.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let items = assemble(&self.read, rows).await?;
        let next = items.last().filter(|_| more).map(|account| account.id.to_string());
        Ok(Page { items, next })
    }
}

impl UnitOfWork {
    /// Adds a batch.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_batch(&self, row: &BatchRow) -> Result<(), StoreError> {
        let by = ActorColumns::from(&row.requested_by);
        let model = batch::ActiveModel {
            id: Set(row.id.0),
            kind: Set(row.kind.to_string()),
            requested_by_kind: Set(by.kind),
            requested_by_login: Set(by.login),
            requested_by_token: Set(by.token),
            requested_by_person_id: Set(by.person_id),
            requested_by_token_id: Set(by.token_id),
            team: Set(row.team.clone()),
            command: Set(row.command.to_string()),
            kept: Set(i64::try_from(row.kept).unwrap_or(i64::MAX)),
            created_at: Set(row.created_at.as_millis()),
            forgotten_at: Set(None),
        };
        batch::Entity::insert(model).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Adds accounts to a batch whose part in it is begun.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_batch_items(
        &self,
        batch: BatchId,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<(), StoreError> {
        let items: Vec<_> = accounts
            .into_iter()
            .map(|account| batch_item::ActiveModel {
                batch_id: Set(batch.0),
                account_id: Set(account.0),
                begun: Set(true),
            })
            .collect();
        for some in items.chunks(5_000) {
            batch_item::Entity::insert_many(some.to_vec()).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Takes those accounts out of the batch that failed, and answers them:
    /// what somebody denied or took away is not asked for again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_failed(&self, batch: BatchId) -> Result<Vec<domain::Account>, StoreError> {
        let rows = account::Entity::find()
            .filter(account::Column::Id.in_subquery(items_of(batch)))
            .filter(account::Column::ActiveAt.is_null())
            .filter(account::Column::EndReason.eq(<&str>::from(EndReason::Failed)))
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .all(&self.tx)
            .await?;
        let failed = assemble(&self.tx, rows).await?;
        let mut taken = 0;
        for some in failed.chunks(5_000) {
            taken += batch_item::Entity::delete_many()
                .filter(batch_item::Column::BatchId.eq(batch.0))
                .filter(batch_item::Column::AccountId.is_in(some.iter().map(|account| account.id.0)))
                .exec(&self.tx)
                .await?
                .rows_affected;
        }
        // Somebody else retried it in the same moment.
        if taken == failed.len() as u64 { Ok(failed) } else { Err(StoreError::Stale) }
    }
}

/// One page, and one row more to see whether there is another.
pub(super) fn page_of_batches(visible: &Visibility, page: PageRequest) -> Select<batch::Entity> {
    let visible = match visible {
        Visibility::All => Condition::all(),
        Visibility::Team(team, login) => Condition::any()
            .add(batch::Column::Team.eq(team))
            .add(batch::Column::RequestedByLogin.eq(login.as_str())),
        Visibility::Own(login) => Condition::all().add(batch::Column::RequestedByLogin.eq(login.as_str())),
        Visibility::Run(_, _, token) => Condition::all().add(batch::Column::RequestedByTokenId.eq(token.0)),
    };
    let rows = batch::Entity::find()
        .filter(visible)
        .order_by_desc(batch::Column::Id)
        .limit(u64::from(page.limit) + 1);
    match page.before {
        Some(before) => rows.filter(batch::Column::Id.lt(before)),
        None => rows,
    }
}

fn items_of(id: BatchId) -> SelectStatement {
    Query::select()
        .column(batch_item::Column::AccountId)
        .from(batch_item::Entity)
        .and_where(batch_item::Column::BatchId.eq(id.0))
        .to_owned()
}

fn from_row(row: batch::Model) -> Result<BatchRow, StoreError> {
    let id: Uuid = row.id;
    let at = Row { table: "batches", id: &id };
    let by = ActorColumns {
        kind: row.requested_by_kind,
        login: row.requested_by_login,
        token: row.requested_by_token,
        person_id: row.requested_by_person_id,
        token_id: row.requested_by_token_id,
    };
    Ok(BatchRow {
        id: BatchId(row.id),
        kind: at.parse("kind", &row.kind)?,
        requested_by: at.actor(by)?,
        team: row.team,
        command: at.json("command", &row.command)?,
        kept: row.kept.unsigned_abs(),
        created_at: Timestamp::from_millis(row.created_at),
    })
}
