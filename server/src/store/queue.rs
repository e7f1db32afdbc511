//! The worker's queue: enrollments that are due are claimed, for a time.
//!
//! A claim carries a number that each further claim on the same row raises.
//! Whoever wants to store an outcome must still own the number, so the late
//! write of a process that was paused past its claim is refused.

use std::collections::HashMap;

use domain::{
    Account, Timestamp,
    id::{AccountId, EnrollmentId, ServiceId},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{
    Store, StoreError, UnitOfWork,
    accounts::assemble,
    entities::{account, enrollment},
};

/// The right to work on one enrollment until a certain time.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The account as it stood when the claim was committed.
    pub account: Account,
    /// Which of its enrollments.
    pub enrollment: EnrollmentId,
    number: i32,
}

impl Store {
    /// Claims due enrollments until `until`, the longest overdue first, and
    /// counts an attempt on each: before anything is sent to a service, the
    /// database knows that it may have been.
    ///
    /// `room` says how many more a service can take now.
    ///
    /// # Errors
    /// The database failed; nothing was claimed.
    pub async fn claim_due(
        &self,
        limit: u64,
        until: Timestamp,
        room: impl Fn(ServiceId) -> usize,
    ) -> Result<Vec<Claim>, StoreError> {
        let now = self.world.now();
        let chosen = self.choose_due(now, limit, room).await?;
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let work = self.begin().await?;
        let claims = work.claim(now, until, &chosen).await?;
        work.commit_claims().await?;
        Ok(claims)
    }

    /// Looks without the writer, so that an idle worker costs nothing.
    async fn choose_due(
        &self,
        now: Timestamp,
        limit: u64,
        room: impl Fn(ServiceId) -> usize,
    ) -> Result<Vec<enrollment::Model>, StoreError> {
        let mut left: HashMap<ServiceId, usize> = HashMap::new();
        let mut full: Vec<ServiceId> = Vec::new();
        let mut chosen: Vec<enrollment::Model> = Vec::new();
        loop {
            let seen: Vec<uuid::Uuid> = chosen.iter().map(|row| row.id).collect();
            let rows = enrollment::Entity::find()
                .filter(is_due(now))
                .filter(enrollment::Column::ServiceId.is_not_in(full.iter().map(|service| service.0)))
                .filter(enrollment::Column::Id.is_not_in(seen))
                .order_by_asc(enrollment::Column::NextAttemptAt)
                .limit(limit)
                .all(&self.read)
                .await?;
            let complete = (rows.len() as u64) < limit;
            for row in rows {
                let service = ServiceId(row.service_id);
                let left = left.entry(service).or_insert_with(|| room(service));
                if *left > 0 && (chosen.len() as u64) < limit {
                    *left -= 1;
                    chosen.push(row);
                } else if *left == 0 && !full.contains(&service) {
                    full.push(service);
                }
            }
            // A service with a long queue must not hide the others behind it.
            if complete || (chosen.len() as u64) >= limit {
                return Ok(chosen);
            }
        }
    }

    /// When the next enrollment is due that nobody works on.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = enrollment::Entity::find()
            .filter(enrollment::Column::NextAttemptAt.is_not_null())
            .order_by_asc(enrollment::Column::NextAttemptAt)
            .one(&self.read)
            .await?;
        Ok(row
            .and_then(|row| row.next_attempt_at.map(|due| due.max(row.claimed_until.unwrap_or(due))))
            .map(Timestamp::from_millis))
    }
}

impl UnitOfWork {
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        chosen: &[enrollment::Model],
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
            if !self.take(id, row.claim, now, until).await? {
                continue;
            }
            match account.enrollment_attempted(id) {
                Ok(()) => claimed.push((account_id, id, row.claim + 1)),
                Err(error) => tracing::error!(%error, enrollment = %id, "a due enrollment has nothing to do"),
            }
        }
        for account in accounts.values_mut() {
            if claimed.iter().any(|(id, ..)| *id == account.id) {
                self.save_account(account).await?;
            }
        }
        let claim = |(account, enrollment, number): (AccountId, EnrollmentId, i32)| {
            accounts.get(&account).map(|account| Claim { account: account.clone(), enrollment, number })
        };
        Ok(claimed.into_iter().filter_map(claim).collect())
    }

    /// Takes the claim after the one that was seen, if it is still to be had.
    async fn take(
        &self,
        id: EnrollmentId,
        seen: i32,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let taken = enrollment::Entity::update_many()
            .col_expr(enrollment::Column::Claim, Expr::value(seen + 1))
            .col_expr(enrollment::Column::ClaimedUntil, Expr::value(until.as_millis()))
            .filter(enrollment::Column::Id.eq(id.0))
            .filter(enrollment::Column::Claim.eq(seen))
            .filter(is_due(now))
            .exec(&self.tx)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    /// Gives the claim back; what was done under it is committed with that.
    ///
    /// # Errors
    /// Somebody else took the work over ([`StoreError::Stale`]).
    pub async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let released = enrollment::Entity::update_many()
            .col_expr(enrollment::Column::ClaimedUntil, Expr::value(None::<i64>))
            .filter(enrollment::Column::Id.eq(claim.enrollment.0))
            .filter(enrollment::Column::Claim.eq(claim.number))
            .exec(&self.tx)
            .await?;
        if released.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }
}

fn is_due(now: Timestamp) -> Condition {
    Condition::all().add(enrollment::Column::NextAttemptAt.lte(now.as_millis())).add(
        Condition::any()
            .add(enrollment::Column::ClaimedUntil.is_null())
            .add(enrollment::Column::ClaimedUntil.lt(now.as_millis())),
    )
}
