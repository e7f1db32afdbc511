//! Accounts as rows, and rows as accounts.

use std::collections::HashMap;

use domain::{
    Account, AccountState, Enrollment, Timestamp, Ttl,
    account::Sealed,
    id::{AccountId, BatchId, EnrollmentId, ServiceId},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::store::{
    StoreError,
    entities::{account, enrollment},
    rows::{ActorColumns, ROWS_AT_ONCE, Row, count, millis, time},
};

/// The number of the claim that an account can be added with.
pub(in crate::store) const FIRST_CLAIM: i32 = 1;

/// Puts accounts together from their rows, in the order of the rows.
pub(in crate::store) async fn assemble(
    db: &impl ConnectionTrait,
    rows: Vec<account::Model>,
) -> Result<Vec<Account>, StoreError> {
    let mut enrollments: HashMap<Uuid, Vec<enrollment::Model>> = HashMap::new();
    for some in rows.chunks(ROWS_AT_ONCE) {
        let found = enrollment::Entity::find()
            .filter(enrollment::Column::AccountId.is_in(some.iter().map(|row| row.id)))
            .order_by_asc(enrollment::Column::Position)
            .all(db)
            .await?;
        for row in found {
            enrollments.entry(row.account_id).or_default().push(row);
        }
    }
    rows.into_iter()
        .map(|row| {
            let enrollments = enrollments.remove(&row.id).unwrap_or_default();
            from_rows(row, enrollments)
        })
        .collect()
}

/// The account of that row, with its enrollments in order.
pub(in crate::store) fn from_rows(
    row: account::Model,
    enrollments: Vec<enrollment::Model>,
) -> Result<Account, StoreError> {
    let id = row.id;
    let at = Row { table: "accounts", id: &id };
    Ok(Account {
        id: AccountId(row.id),
        state: at.parse("state", &row.state)?,
        end_reason: row.end_reason.as_deref().map(|reason| at.parse("end_reason", reason)).transpose()?,
        attributes: at.json("attributes", &row.attributes)?,
        requested_by: at.actor(ActorColumns {
            kind: row.requested_by_kind,
            login: row.requested_by_login,
            token: row.requested_by_token,
            person_id: row.requested_by_person_id,
            token_id: row.requested_by_token_id,
        })?,
        holder: at.parse("holder", &row.holder)?,
        ttl: u64::try_from(row.ttl).ok().and_then(Ttl::from_secs).ok_or_else(|| at.bad("ttl", row.ttl))?,
        version: at.number("version", row.version)?,
        username: row.username,
        email: row.email,
        purpose: row.purpose,
        ticket: row.ticket,
        labels: at.json("labels", &row.labels)?,
        run: row.run,
        batch: row.batch_id.map(BatchId),
        team: row.team,
        handing_to: row.handing_to.as_deref().map(|login| at.parse("handing_to", login)).transpose()?,
        approved_by: row.approved_by,
        decision_reason: row.decision_reason,
        frozen_by: row.frozen_by,
        password_generation: at.number("password_generation", row.password_generation)?,
        created_at: Timestamp::from_millis(row.created_at),
        decide_by: time(row.decide_by),
        provision_by: time(row.provision_by),
        active_at: time(row.active_at),
        expires_at: time(row.expires_at),
        kept_until: time(row.kept_until),
        ended_at: time(row.ended_at),
        enrollments: enrollments.into_iter().map(enrollment_from_row).collect::<Result<_, _>>()?,
    })
}

fn name<T: Into<&'static str>>(value: T) -> String {
    let name: &'static str = value.into();
    name.to_owned()
}

/// The account's own row.
pub(super) fn to_row(account: &Account) -> account::ActiveModel {
    let by = ActorColumns::from(&account.requested_by);
    account::ActiveModel {
        id: Set(account.id.0),
        username: Set(account.username.clone()),
        email: Set(account.email.clone()),
        state: Set(name::<AccountState>(account.state)),
        end_reason: Set(account.end_reason.map(name)),
        purpose: Set(account.purpose.clone()),
        ticket: Set(account.ticket.clone()),
        run: Set(account.run.clone()),
        batch_id: Set(account.batch.map(|batch| batch.0)),
        labels: Set(serde_json::json!(account.labels).to_string()),
        attributes: Set(serde_json::json!(account.attributes).to_string()),
        requested_by_kind: Set(by.kind),
        requested_by_login: Set(by.login),
        requested_by_token: Set(by.token),
        requested_by_person_id: Set(by.person_id),
        requested_by_token_id: Set(by.token_id),
        holder: Set(account.holder.to_string()),
        team: Set(account.team.clone()),
        approved_by: Set(account.approved_by.clone()),
        decision_reason: Set(account.decision_reason.clone()),
        frozen_by: Set(account.frozen_by.clone()),
        handing_to: Set(account.handing_to.as_ref().map(ToString::to_string)),
        password_generation: Set(count(account.password_generation)),
        ttl: Set(account.ttl.as_millis() / 1_000),
        created_at: Set(account.created_at.as_millis()),
        decide_by: Set(millis(account.decide_by)),
        provision_by: Set(millis(account.provision_by)),
        active_at: Set(millis(account.active_at)),
        expires_at: Set(millis(account.expires_at)),
        kept_until: Set(millis(account.kept_until)),
        ended_at: Set(millis(account.ended_at)),
        version: Set(count(account.version)),
        ..Default::default()
    }
}

fn enrollment_from_row(row: enrollment::Model) -> Result<Enrollment, StoreError> {
    let id = row.id;
    let at = Row { table: "enrollments", id: &id };
    Ok(Enrollment {
        id: EnrollmentId(row.id),
        service_id: ServiceId(row.service_id),
        service: at.parse("service", &row.service)?,
        username: row.username,
        state: at.parse("state", &row.state)?,
        not_ours: row.not_ours,
        remote_id: row.remote_id,
        disabled: row.disabled,
        attempts: at.number("attempts", row.attempts)?,
        next_attempt_at: time(row.next_attempt_at),
        last_error: row.last_error,
        failure: row.failure,
        password_generation: row
            .password_generation
            .map(|generation| at.number("password_generation", generation))
            .transpose()?,
        own_secret: row.own_secret.map(Sealed),
        unsettled_until: time(row.unsettled_until),
        removing_since: time(row.removing_since),
        removed_at: time(row.removed_at),
        proof: row.proof,
    })
}

/// The row of one of its enrollments.
pub(super) fn enrollment_to_row(
    account: &Account,
    position: i32,
    enrollment: &Enrollment,
) -> enrollment::ActiveModel {
    enrollment::ActiveModel {
        id: Set(enrollment.id.0),
        account_id: Set(account.id.0),
        position: Set(position),
        service_id: Set(enrollment.service_id.0),
        service: Set(enrollment.service.to_string()),
        holder: Set(account.handing_to.as_ref().unwrap_or(&account.holder).to_string()),
        username: Set(enrollment.username.clone()),
        state: Set(name(enrollment.state)),
        not_ours: Set(enrollment.not_ours),
        remote_id: Set(enrollment.remote_id.clone()),
        disabled: Set(enrollment.disabled),
        attempts: Set(count(enrollment.attempts)),
        next_attempt_at: Set(millis(enrollment.next_attempt_at)),
        last_error: Set(enrollment.last_error.clone()),
        failure: Set(enrollment.failure.clone()),
        password_generation: Set(enrollment.password_generation.map(count)),
        own_secret: Set(enrollment.own_secret.clone().map(|sealed| sealed.0)),
        unsettled_until: Set(millis(enrollment.unsettled_until)),
        removing_since: Set(millis(enrollment.removing_since)),
        removed_at: Set(millis(enrollment.removed_at)),
        proof: Set(enrollment.proof.clone()),
        // Who works on it is the queue's business.
        claim: NotSet,
        claimed_until: NotSet,
    }
}

/// The row of an enrollment that is new, and claimed if it is said until when.
pub(super) fn enrollment_to_new_row(
    account: &Account,
    position: i32,
    enrollment: &Enrollment,
    claimed_until: Option<Timestamp>,
) -> enrollment::ActiveModel {
    enrollment::ActiveModel {
        claim: Set(if claimed_until.is_some() { FIRST_CLAIM } else { 0 }),
        claimed_until: Set(millis(claimed_until)),
        ..enrollment_to_row(account, position, enrollment)
    }
}
