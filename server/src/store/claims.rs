//! Claims: the right to work on an enrollment for a time.
//!
//! A claim carries a number that each further claim on the same row raises.
//! Whoever wants to store an outcome must still own the number, so the late
//! write of a process that was paused past its claim is refused.

use std::collections::{HashMap, HashSet};

use domain::{
    Account, Timestamp, Work,
    id::{AccountId, EnrollmentId, ServiceId},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType, Query},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    accounts::{FIRST_CLAIM, assemble, from_rows},
    entities::{account, enrollment},
    rows::{count, millis},
};

/// What names a claim among all that were ever made.
pub type ClaimKey = (EnrollmentId, i32);

/// The right to work on one enrollment for a time.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The account as it stood when the claim was committed.
    pub account: Account,
    /// Which of its enrollments.
    pub enrollment: EnrollmentId,
    /// On which service that is.
    pub service: ServiceId,
    /// What there is to do.
    pub work: Work,
    number: i32,
}

/// How long claims last.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Until when nobody else may work on it.
    pub until: Timestamp,
    /// Until when something may still be done on the service that whoever
    /// lost a claim has sent there.
    pub settled_by: Timestamp,
}

impl Claim {
    /// The claims that an account was added with, in the order of its
    /// enrollments.
    pub fn first(account: &Account) -> impl Iterator<Item = Self> {
        account.enrollments.iter().map(|enrollment| Self {
            account: account.clone(),
            enrollment: enrollment.id,
            service: enrollment.service_id,
            work: Work::Create,
            number: FIRST_CLAIM,
        })
    }

    /// What names the claim among all that were ever made.
    pub const fn key(&self) -> ClaimKey {
        (self.enrollment, self.number)
    }
}

impl Store {
    /// Makes claims last longer that are still owned; says which are.
    ///
    /// # Errors
    /// The database failed; no claim was made longer.
    pub async fn extend_claims(
        &self,
        claims: &[ClaimKey],
        until: Timestamp,
    ) -> Result<Vec<EnrollmentId>, StoreError> {
        let work = self.begin().await?;
        let ids = claims.iter().map(|(id, _)| id.0);
        work.lock_accounts_of(Condition::all().add(enrollment::Column::Id.is_in(ids))).await?;
        let mut owned = Vec::new();
        for (id, number) in claims {
            let extended = enrollment::Entity::update_many()
                .col_expr(enrollment::Column::ClaimedUntil, Expr::value(until.as_millis()))
                .filter(enrollment::Column::Id.eq(id.0))
                .filter(enrollment::Column::Claim.eq(*number))
                .filter(enrollment::Column::ClaimedUntil.is_not_null())
                .exec(&work.tx)
                .await?;
            owned.extend((extended.rows_affected == 1).then_some(*id));
        }
        work.commit_bookkeeping().await?;
        Ok(owned)
    }

    /// Lets all claims run out now: whoever held them is dead.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_claims(&self) -> Result<(), StoreError> {
        enrollment::Entity::update_many()
            .col_expr(enrollment::Column::ClaimedUntil, Expr::value(0_i64))
            .filter(is_wanted())
            .filter(enrollment::Column::ClaimedUntil.is_not_null())
            .exec(&self.write)
            .await?;
        Ok(())
    }
}

impl UnitOfWork {
    /// Keeps the accounts of those enrollments from others until the commit,
    /// in the order in which everybody takes accounts.
    pub(super) async fn lock_accounts_of(&self, enrollments: Condition) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        let theirs = Query::select()
            .column(enrollment::Column::AccountId)
            .from(enrollment::Entity)
            .cond_where(enrollments)
            .to_owned();
        account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::Id.in_subquery(theirs))
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .into_tuple::<Uuid>()
            .all(&self.tx)
            .await?;
        Ok(())
    }

    /// Claims what was chosen of the queue, as far as nobody else has it by now.
    pub(super) async fn claim(
        &self,
        chosen: &[enrollment::Model],
        now: Timestamp,
        term: Term,
    ) -> Result<Vec<Claim>, StoreError> {
        // Accounts are locked before their enrollments, as everywhere; one
        // that somebody else has in hand is left for the next round.
        let rows = account::Entity::find()
            .filter(account::Column::Id.is_in(chosen.iter().map(|row| row.account_id)))
            .order_by_asc(account::Column::Id)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&self.tx)
            .await?;
        let mut accounts: HashMap<AccountId, Account> =
            assemble(&self.tx, rows).await?.into_iter().map(|account| (account.id, account)).collect();
        let mut claimed = Vec::new();
        for row in chosen {
            let (account_id, id) = (AccountId(row.account_id), EnrollmentId(row.id));
            let Some(account) = accounts.get_mut(&account_id) else { continue };
            let Ok(Some(work)) = account.work_on(id) else { continue };
            let lost = row.claimed_until.is_some();
            // Only what is removed for the second time was last told to remove.
            let told_to_remove = work == Work::Remove && row.attempts > 0;
            if lost && !told_to_remove {
                // Whoever had it before may have sent something, and was not heard of since.
                let _ = account.enrollment_lost(id, term.settled_by);
            }
            if let Err(error) = account.enrollment_attempted(id) {
                tracing::error!(%error, enrollment = %id, "a due enrollment has nothing to do");
                continue;
            }
            if self.take(row, account, id, now, term.until).await? {
                let service = ServiceId(row.service_id);
                claimed.push((account_id, id, service, work, row.claim + 1));
            }
        }
        let claim = |(account, enrollment, service, work, number): (AccountId, _, _, _, _)| {
            let account = accounts.get(&account)?.clone();
            Some(Claim { account, enrollment, service, work, number })
        };
        Ok(claimed.into_iter().filter_map(claim).collect())
    }

    /// Takes the claim after the one that was seen, if it is still to be had,
    /// and writes down that an attempt is made.
    async fn take(
        &self,
        seen: &enrollment::Model,
        account: &Account,
        id: EnrollmentId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let Ok(attempted) = account.enrollment(id) else { return Ok(false) };
        let state: &str = attempted.state.into();
        let taken = enrollment::Entity::update_many()
            .col_expr(enrollment::Column::Claim, Expr::value(seen.claim + 1))
            .col_expr(enrollment::Column::ClaimedUntil, Expr::value(until.as_millis()))
            .col_expr(enrollment::Column::State, Expr::value(state))
            .col_expr(enrollment::Column::Attempts, Expr::value(count(attempted.attempts)))
            .col_expr(enrollment::Column::Disabled, Expr::value(attempted.disabled))
            .col_expr(enrollment::Column::UnsettledUntil, Expr::value(millis(attempted.unsettled_until)))
            .filter(enrollment::Column::Id.eq(seen.id))
            .filter(enrollment::Column::Claim.eq(seen.claim))
            .filter(is_wanted())
            .filter(is_free(now))
            .exec(&self.tx)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    /// The accounts of these claims, kept from others until the commit, each
    /// with those of its enrollments whose claim nobody has taken over.
    /// [`save_settled`](Self::save_settled) gives those claims back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn claimed(
        &self,
        claims: impl IntoIterator<Item = &Claim>,
    ) -> Result<HashMap<AccountId, (Account, HashSet<ClaimKey>)>, StoreError> {
        let (ids, keys): (HashSet<AccountId>, HashSet<ClaimKey>) =
            claims.into_iter().map(|claim| (claim.account.id, claim.key())).unzip();
        let mut claimed = HashMap::new();
        for (row, enrollments) in self.lock_accounts(ids).await? {
            let key = |row: &enrollment::Model| (EnrollmentId(row.id), row.claim);
            let ours = enrollments.iter().map(key).filter(|key| keys.contains(key)).collect();
            let account = from_rows(row, enrollments)?;
            claimed.insert(account.id, (account, ours));
        }
        Ok(claimed)
    }
}

/// There is something to do, now or later; said as the partial indexes say it.
pub(super) fn is_wanted() -> Condition {
    Condition::all().add(enrollment::Column::NextAttemptAt.is_not_null())
}

/// Nobody works on it.
pub(super) fn is_free(now: Timestamp) -> Condition {
    Condition::any()
        .add(enrollment::Column::ClaimedUntil.is_null())
        .add(enrollment::Column::ClaimedUntil.lt(now.as_millis()))
}
