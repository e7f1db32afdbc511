//! Who sweeps which service, and when that was done last.

use std::collections::HashMap;

use domain::{Timestamp, drift::LastSweep, id::ServiceId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Store, StoreError, UnitOfWork,
    entities::sweep,
    rows::{the_one, time},
};

/// How long a sweep may take in all. After that its claim runs out, and what it
/// found is not stored any more.
const TERM_MILLIS: i64 = 15 * 60 * 1_000;

/// The right to sweep a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepClaim {
    service: ServiceId,
    number: i32,
}

impl Store {
    /// When each service was last swept.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_sweeps(&self) -> Result<HashMap<ServiceId, LastSweep>, StoreError> {
        let rows = sweep::Entity::find().all(&self.read).await?;
        Ok(rows.into_iter().map(|row| (ServiceId(row.service_id), from_row(row))).collect())
    }

    /// When that service was last swept.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_sweep(&self, service: ServiceId) -> Result<Option<LastSweep>, StoreError> {
        let row = the_one(sweep::Entity::find_by_id(service.0), &self.read).await?;
        Ok(row.map(from_row))
    }

    /// Claims the sweep of that service, unless somebody sweeps it now, or has
    /// begun to after `unless_since`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn claim_sweep(
        &self,
        service: ServiceId,
        unless_since: Option<Timestamp>,
    ) -> Result<Option<SweepClaim>, StoreError> {
        let now = self.world.now();
        let (now, until) = (now.as_millis(), now.plus_millis(TERM_MILLIS).as_millis());
        let row = the_one(sweep::Entity::find_by_id(service.0), &self.read).await?;
        let Some(row) = row else { return self.claim_first_sweep(service, now, until).await };
        // What lies too far ahead was written before the clock was set back.
        let is_claimed = row.claimed_until.is_some_and(|claimed| (now..=until).contains(&claimed));
        let is_recent =
            unless_since.is_some_and(|since| (since.as_millis() + 1..=now).contains(&row.begun_at));
        if is_claimed || is_recent {
            return Ok(None);
        }
        let number = row.number.wrapping_add(1);
        let taken = sweep::Entity::update_many()
            .col_expr(sweep::Column::Number, Expr::value(number))
            .col_expr(sweep::Column::BegunAt, Expr::value(now))
            .col_expr(sweep::Column::ClaimedUntil, Expr::value(until))
            .filter(sweep::Column::ServiceId.eq(service.0))
            .filter(sweep::Column::Number.eq(row.number))
            .exec(&self.write)
            .await?;
        Ok((taken.rows_affected == 1).then_some(SweepClaim { service, number }))
    }

    async fn claim_first_sweep(
        &self,
        service: ServiceId,
        now: i64,
        until: i64,
    ) -> Result<Option<SweepClaim>, StoreError> {
        let number = 1;
        let row = sweep::ActiveModel {
            service_id: Set(service.0),
            number: Set(number),
            begun_at: Set(now),
            claimed_until: Set(Some(until)),
            swept_at: Set(None),
            problem: Set(None),
        };
        let nothing = OnConflict::new().do_nothing().to_owned();
        let written =
            sweep::Entity::insert(row).on_conflict(nothing).exec_without_returning(&self.write).await?;
        Ok((written == 1).then_some(SweepClaim { service, number }))
    }

    /// Gives a claim back; says why the sweep did not succeed, where it was not
    /// only cut short.
    ///
    /// # Errors
    /// The database failed.
    pub async fn give_up_sweep(&self, claim: SweepClaim, problem: Option<String>) -> Result<(), StoreError> {
        let mut update = owned(claim).col_expr(sweep::Column::ClaimedUntil, Expr::value(None::<i64>));
        if problem.is_some() {
            update = update.col_expr(sweep::Column::Problem, Expr::value(problem));
        }
        update.exec(&self.write).await?;
        Ok(())
    }

    /// Lets all claims run out now: whoever held them is dead.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_sweep_claims(&self) -> Result<(), StoreError> {
        sweep::Entity::update_many()
            .col_expr(sweep::Column::ClaimedUntil, Expr::value(None::<i64>))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}

impl UnitOfWork {
    /// The sweep succeeded: gives its claim back.
    ///
    /// # Errors
    /// Somebody else has claimed it meanwhile ([`StoreError::Stale`]), or the
    /// database failed.
    pub async fn finish_sweep(&self, claim: SweepClaim) -> Result<(), StoreError> {
        let finished = owned(claim)
            .col_expr(sweep::Column::ClaimedUntil, Expr::value(None::<i64>))
            .col_expr(sweep::Column::SweptAt, Expr::value(self.world.now().as_millis()))
            .col_expr(sweep::Column::Problem, Expr::value(None::<String>))
            .exec(&self.tx)
            .await?;
        if finished.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Whoever sweeps the service now can record nothing any more.
    pub(super) async fn disown_sweep(&self, service: ServiceId) -> Result<(), StoreError> {
        sweep::Entity::update_many()
            .col_expr(sweep::Column::ClaimedUntil, Expr::value(None::<i64>))
            .filter(sweep::Column::ServiceId.eq(service.0))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

fn owned(claim: SweepClaim) -> sea_orm::UpdateMany<sweep::Entity> {
    sweep::Entity::update_many()
        .filter(sweep::Column::ServiceId.eq(claim.service.0))
        .filter(sweep::Column::Number.eq(claim.number))
        .filter(sweep::Column::ClaimedUntil.is_not_null())
}

fn from_row(row: sweep::Model) -> LastSweep {
    LastSweep {
        begun_at: Timestamp::from_millis(row.begun_at),
        swept_at: time(row.swept_at),
        problem: row.problem,
    }
}
