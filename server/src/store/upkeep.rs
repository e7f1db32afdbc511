//! Cleanup debt, and the pause of expiry.

use domain::{
    Timestamp,
    batch::Selection,
    id::{AccountId, EnrollmentId},
    page::{Page, PageRequest},
    policy::Visibility,
    text::{RunName, Slug},
    upkeep::{Debt, ExpiryPause},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    accounts::filter::{selected, within},
    entities::{account, enrollment, expiry_pause},
    rows::{Row, cut_to_page, time},
};

/// The one row of the table.
const THE_PAUSE: i32 = 1;

impl Store {
    /// One page of what should be gone and is not, of what somebody sees.
    ///
    /// # Errors
    /// The database failed.
    pub async fn debt(
        &self,
        visible: &Visibility,
        service: Option<&Slug>,
        page: PageRequest,
    ) -> Result<Page<Debt>, StoreError> {
        let query = page_of_debt(visible, service, page);
        let mut rows = query.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let ids = rows.iter().map(|row| row.account_id);
        let accounts = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(&self.read).await?;
        let items = rows
            .into_iter()
            .filter_map(|row| {
                let account = accounts.iter().find(|account| account.id == row.account_id)?;
                Some(debt_from_rows(row, account))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|debt| debt.enrollment.to_string());
        Ok(Page { items, next })
    }

    /// The account to which that enrollment belongs.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_of_enrollment(&self, id: EnrollmentId) -> Result<Option<AccountId>, StoreError> {
        let row = enrollment::Entity::find_by_id(id.0).one(&self.read).await?;
        Ok(row.map(|row| AccountId(row.account_id)))
    }

    /// The accounts of that selection with something that is to be removed, by
    /// an attempt that was put off: those that should have been gone first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_off(&self, selection: &Selection, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        let theirs = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .cond_where(selected(selection))
            .to_owned();
        let service = selection.service.as_ref().map(|slug| enrollment::Column::Service.eq(slug.as_str()));
        let ids: Vec<Uuid> = enrollment::Entity::find()
            .select_only()
            .column(enrollment::Column::AccountId)
            .filter(Expr::cust("state = 'removing'"))
            .filter(enrollment::Column::NextAttemptAt.gt(self.world.now().as_millis()))
            .filter(enrollment::Column::AccountId.in_subquery(theirs))
            .filter(Condition::all().add_option(service))
            .order_by_asc(enrollment::Column::RemovingSince)
            .limit(limit)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// Whether somebody sees an account of that run.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sees_run(&self, visible: &Visibility, run: &RunName) -> Result<bool, StoreError> {
        let one = account::Entity::find()
            .filter(account::Column::Run.eq(run.as_str()))
            .filter(within(visible))
            .one(&self.read)
            .await?;
        Ok(one.is_some())
    }

    /// The pause of expiry, if one was made and not ended; it may be over.
    ///
    /// # Errors
    /// The database failed.
    pub async fn expiry_pause(&self) -> Result<Option<ExpiryPause>, StoreError> {
        let row = expiry_pause::Entity::find_by_id(THE_PAUSE).one(&self.read).await?;
        Ok(row.map(|row| ExpiryPause {
            jumped_by_secs: row.jumped_by_secs,
            since: Timestamp::from_millis(row.since),
            until: Timestamp::from_millis(row.until),
        }))
    }
}

impl UnitOfWork {
    /// Pauses expiry, in place of a pause that there may be already.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pause_expiry(&self, pause: &ExpiryPause) -> Result<(), StoreError> {
        self.end_expiry_pause().await?;
        let row = expiry_pause::ActiveModel {
            id: Set(THE_PAUSE),
            jumped_by_secs: Set(pause.jumped_by_secs),
            since: Set(pause.since.as_millis()),
            until: Set(pause.until.as_millis()),
        };
        expiry_pause::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Ends the pause of expiry; says whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_expiry_pause(&self) -> Result<bool, StoreError> {
        let deleted = expiry_pause::Entity::delete_by_id(THE_PAUSE).exec(&self.tx).await?;
        Ok(deleted.rows_affected == 1)
    }
}

/// One page, and one row more to see whether there is another.
pub(super) fn page_of_debt(
    visible: &Visibility,
    service: Option<&Slug>,
    page: PageRequest,
) -> Select<enrollment::Entity> {
    let mut query = enrollment::Entity::find()
        // Said as the partial index says it, so that it is used.
        .filter(Expr::cust("state = 'removing'"))
        .order_by_desc(enrollment::Column::Id)
        .limit(u64::from(page.limit) + 1);
    if *visible != Visibility::All {
        let seen = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(account::Column::EndedAt.is_null())
            .cond_where(within(visible))
            .to_owned();
        query = query.filter(enrollment::Column::AccountId.in_subquery(seen));
    }
    if let Some(service) = service {
        query = query.filter(enrollment::Column::Service.eq(service.as_str()));
    }
    match page.before {
        Some(before) => query.filter(enrollment::Column::Id.lt(before)),
        None => query,
    }
}

fn debt_from_rows(row: enrollment::Model, account: &account::Model) -> Result<Debt, StoreError> {
    let id = row.id;
    let at = Row { table: "enrollments", id: &id };
    Ok(Debt {
        enrollment: EnrollmentId(row.id),
        account: AccountId(row.account_id),
        username: row.username,
        service: at.parse("service", &row.service)?,
        holder: at.parse("account's holder", &account.holder)?,
        team: account.team.clone(),
        reason: row.last_error,
        since: Timestamp::from_millis(row.removing_since.unwrap_or(account.created_at)),
        attempts: at.number("attempts", row.attempts)?,
        next_attempt_at: time(row.next_attempt_at),
    })
}
