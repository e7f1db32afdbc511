//! The worker's queue: the rows of enrollments for which there is something to
//! do, now or later.

use std::collections::HashMap;

use domain::{EnrollmentState, Timestamp, id::ServiceId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Store, StoreError,
    claims::{Claim, Term, is_free, is_wanted},
    entities::enrollment,
};

impl Store {
    /// Claims due enrollments, the longest overdue first, and counts an
    /// attempt on each: before anything is sent to a service, the database
    /// knows that it may have been.
    ///
    /// `room` says how many more a service can take now.
    ///
    /// # Errors
    /// The database failed; nothing was claimed.
    pub async fn claim_due(
        &self,
        limit: usize,
        term: Term,
        room: impl Fn(ServiceId) -> usize,
    ) -> Result<Vec<Claim>, StoreError> {
        let now = self.world.now();
        let chosen = self.choose_due(now, limit, room).await?;
        self.claim(&chosen, now, term).await
    }

    /// Claims the enrollment on that service that is due next, if it is not
    /// worked on, even before its time: to see whether the service answers.
    ///
    /// # Errors
    /// The database failed; nothing was claimed.
    pub async fn claim_next(&self, service: ServiceId, term: Term) -> Result<Vec<Claim>, StoreError> {
        let now = self.world.now();
        let chosen = enrollment::Entity::find()
            .filter(is_wanted())
            .filter(is_free(now))
            .filter(is_not_held(now))
            .filter(enrollment::Column::ServiceId.eq(service.0))
            .order_by_asc(enrollment::Column::NextAttemptAt)
            .limit(1)
            .all(&self.read)
            .await?;
        self.claim(&chosen, now, term).await
    }

    /// Looks without the writer, so that an idle worker costs nothing.
    async fn choose_due(
        &self,
        now: Timestamp,
        limit: usize,
        room: impl Fn(ServiceId) -> usize,
    ) -> Result<Vec<enrollment::Model>, StoreError> {
        let mut left: HashMap<ServiceId, usize> = HashMap::new();
        let mut full: Vec<ServiceId> = Vec::new();
        let mut chosen: Vec<enrollment::Model> = Vec::new();
        loop {
            let seen: Vec<Uuid> = chosen.iter().map(|row| row.id).collect();
            let rows = due(now, &full, &seen).limit(limit as u64).all(&self.read).await?;
            let complete = rows.len() < limit;
            for row in rows {
                let service = ServiceId(row.service_id);
                let left = left.entry(service).or_insert_with(|| room(service));
                if *left > 0 && chosen.len() < limit {
                    *left -= 1;
                    chosen.push(row);
                } else if *left == 0 && !full.contains(&service) {
                    full.push(service);
                }
            }
            // A service with a long queue must not hide the others behind it.
            if complete || chosen.len() >= limit {
                return Ok(chosen);
            }
        }
    }

    async fn claim(
        &self,
        chosen: &[enrollment::Model],
        now: Timestamp,
        term: Term,
    ) -> Result<Vec<Claim>, StoreError> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let work = self.begin().await?;
        let claims = work.claim(chosen, now, term).await?;
        work.commit_bookkeeping().await?;
        Ok(claims)
    }

    /// When the next enrollment is due that nobody works on.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = enrollment::Entity::find()
            .filter(is_wanted())
            .filter(is_free(self.world.now()))
            .order_by_asc(enrollment::Column::NextAttemptAt)
            .one(&self.read)
            .await?;
        Ok(row.and_then(|row| row.next_attempt_at).map(Timestamp::from_millis))
    }

    /// Makes due at once what waits for that service, for it answers again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn wake(&self, service: ServiceId) -> Result<(), StoreError> {
        let now = self.world.now();
        let waiting = Condition::all()
            .add(enrollment::Column::ServiceId.eq(service.0))
            .add(enrollment::Column::NextAttemptAt.gt(now.as_millis()))
            .add(is_not_held(now));
        let work = self.begin().await?;
        work.lock_accounts_of(waiting.clone()).await?;
        enrollment::Entity::update_many()
            .col_expr(enrollment::Column::NextAttemptAt, Expr::value(now.as_millis()))
            .filter(waiting)
            .exec(&work.tx)
            .await?;
        work.commit_bookkeeping().await?;
        self.tell_of_work();
        Ok(())
    }

    /// Sees to it that nothing waits for longer than until then, and that no
    /// claim lasts longer: after the clock was set back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pull_in(&self, attempts: Timestamp, claims: Timestamp) -> Result<(), StoreError> {
        let limits = [
            (enrollment::Column::NextAttemptAt, attempts.as_millis()),
            (enrollment::Column::ClaimedUntil, claims.as_millis()),
            (enrollment::Column::UnsettledUntil, attempts.as_millis()),
        ];
        let beyond =
            limits.iter().fold(Condition::any(), |any, (column, latest)| any.add(column.gt(*latest)));
        let work = self.begin().await?;
        work.lock_accounts_of(is_wanted().add(beyond)).await?;
        for (column, latest) in limits {
            enrollment::Entity::update_many()
                .col_expr(column, Expr::value(latest))
                .filter(is_wanted())
                .filter(column.gt(latest))
                .exec(&work.tx)
                .await?;
        }
        work.commit_bookkeeping().await
    }
}

/// What is due, the longest overdue first, but for those on services that
/// take no more, and those that were seen already.
pub(super) fn due(now: Timestamp, full: &[ServiceId], seen: &[Uuid]) -> Select<enrollment::Entity> {
    enrollment::Entity::find()
        .filter(enrollment::Column::NextAttemptAt.lte(now.as_millis()))
        .filter(is_free(now))
        .filter(enrollment::Column::ServiceId.is_not_in(full.iter().map(|service| service.0)))
        .filter(enrollment::Column::Id.is_not_in(seen.iter().copied()))
        .order_by_asc(enrollment::Column::NextAttemptAt)
}

/// It is not a change that only waits until nothing can land any more that was
/// sent before.
fn is_not_held(now: Timestamp) -> Condition {
    let active: &str = EnrollmentState::Active.into();
    Condition::any()
        .add(enrollment::Column::State.ne(active))
        .add(enrollment::Column::Attempts.gt(0))
        .add(enrollment::Column::UnsettledUntil.is_null())
        .add(enrollment::Column::UnsettledUntil.lte(now.as_millis()))
}
