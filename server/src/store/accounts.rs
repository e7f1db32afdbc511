//! Accounts with their enrollments and labels.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Account, AccountState, Enrollment, Timestamp, Ttl,
    actor::ActorRef,
    command::AccountFilter,
    id::{AccountId, EnrollmentId, PersonId, ServiceId, TokenId},
    page::{Page, PageRequest},
    policy::Visibility,
    secret::Secret,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    entities::{account, account_label, account_secret, enrollment},
    rows::{Row, count, millis, time},
};
use crate::secrets::keyring::{Keyring, KeyringError};

impl Store {
    /// The account with that id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let rows = account::Entity::find_by_id(id.0).all(&self.read).await?;
        Ok(assemble(&self.read, rows).await?.pop())
    }

    /// One page of the accounts that somebody sees.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts(
        &self,
        visible: &Visibility,
        filter: &AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let mut rows = account::Entity::find()
            .filter(within(visible))
            .filter(matching(filter))
            .order_by_desc(account::Column::Id)
            .limit(u64::from(page.limit) + 1);
        if let Some(before) = page.before {
            rows = rows.filter(account::Column::Id.lt(before));
        }
        let mut rows = rows.all(&self.read).await?;
        let more = rows.len() > usize::from(page.limit);
        rows.truncate(usize::from(page.limit));
        let items = assemble(&self.read, rows).await?;
        let next = items.last().filter(|_| more).map(|account| account.id.to_string());
        Ok(Page { items, next })
    }

    /// The accounts that have not ended, that `holder` holds, and that were
    /// asked for through that token (or, with `None`, in person).
    ///
    /// # Errors
    /// The database failed.
    pub async fn living_accounts_of(
        &self,
        holder: &domain::text::Login,
        token: Option<TokenId>,
    ) -> Result<Vec<AccountId>, StoreError> {
        let asked_by = match token {
            Some(token) => account::Column::RequestedByTokenId.eq(token.0),
            None => account::Column::RequestedByTokenId.is_null(),
        };
        let ids: Vec<Uuid> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::Holder.eq(holder.as_str()))
            .filter(account::Column::EndedAt.is_null())
            .filter(asked_by)
            .order_by_asc(account::Column::Id)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// The accounts whose lease has run out, the longest overdue first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn expired_accounts(&self, now: Timestamp, limit: u64) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<Uuid> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            // Said as the partial index says it, so that it is used.
            .filter(Expr::cust("state IN ('active', 'frozen')"))
            .filter(account::Column::ExpiresAt.lte(now.as_millis()))
            .order_by_asc(account::Column::ExpiresAt)
            .limit(limit)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// The account's password, opened; `None` once it was shredded.
    ///
    /// # Errors
    /// The database failed, or the key ring does not open it.
    pub async fn password(&self, id: AccountId, keyring: &Keyring) -> Result<Option<Secret>, StoreError> {
        let row = account_secret::Entity::find()
            .filter(account_secret::Column::AccountId.eq(id.0))
            .order_by_desc(account_secret::Column::Generation)
            .one(&self.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let bad = |error: KeyringError| Row { table: "account_secrets", id: &id }.bad("sealed", error);
        let plain = keyring.open(&place_of_password(id, row.generation), &row.sealed).map_err(bad)?;
        let text = std::str::from_utf8(&plain).map_err(|_| bad(KeyringError::Broken))?;
        Ok(Some(Secret::new(text.to_owned())))
    }
}

impl UnitOfWork {
    /// The account with that id, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let rows = account::Entity::find_by_id(id.0).lock_exclusive().all(&self.tx).await?;
        Ok(assemble(&self.tx, rows).await?.pop())
    }

    /// How many accounts on that service, not ended, the person holds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_held(
        &self,
        holder: &domain::text::Login,
        service: ServiceId,
    ) -> Result<u64, StoreError> {
        let on_service = Query::select()
            .column(enrollment::Column::AccountId)
            .from(enrollment::Entity)
            .and_where(enrollment::Column::ServiceId.eq(service.0))
            .to_owned();
        Ok(account::Entity::find()
            .filter(account::Column::Holder.eq(holder.as_str()))
            .filter(account::Column::EndedAt.is_null())
            .filter(account::Column::Id.in_subquery(on_service))
            .count(&self.tx)
            .await?)
    }

    /// How many accounts are, or may be, on that service.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_living_on(&self, service: ServiceId) -> Result<u64, StoreError> {
        Ok(enrollment::Entity::find()
            .filter(enrollment::Column::ServiceId.eq(service.0))
            .filter(enrollment::Column::RemovedAt.is_null())
            .count(&self.tx)
            .await?)
    }

    /// Adds an account with its first password, sealed.
    ///
    /// # Errors
    /// The username is taken ([`StoreError::is_taken`]), or the database failed.
    pub async fn insert_account(
        &self,
        account: &Account,
        password: &Secret,
        keyring: &Keyring,
    ) -> Result<(), StoreError> {
        account::Entity::insert(to_row(account)).exec_without_returning(&self.tx).await?;
        let labels = account.labels.iter().map(|(key, value)| account_label::ActiveModel {
            account_id: Set(account.id.0),
            key: Set(key.clone()),
            value: Set(value.clone()),
        });
        account_label::Entity::insert_many(labels).exec_without_returning(&self.tx).await?;
        let sealed = keyring.seal(&place_of_password(account.id, 1), password.expose().as_bytes());
        let secret = account_secret::ActiveModel {
            account_id: Set(account.id.0),
            generation: Set(1),
            sealed: Set(sealed),
        };
        account_secret::Entity::insert(secret).exec_without_returning(&self.tx).await?;
        let enrollments = account
            .enrollments
            .iter()
            .zip(0..)
            .map(|(e, position)| enrollment_to_row(account.id, position, e));
        enrollment::Entity::insert_many(enrollments).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Stores what changed in an account, and shreds its password once it has
    /// ended. Labels never change.
    ///
    /// # Errors
    /// Somebody else changed it meanwhile ([`StoreError::Stale`]), the new
    /// username is taken, or the database failed.
    pub async fn save_account(&self, account: &mut Account) -> Result<(), StoreError> {
        let read = account.version;
        account.version += 1;
        let changed = account::Entity::update_many()
            .set(to_row(account))
            .filter(account::Column::Id.eq(account.id.0))
            .filter(account::Column::Version.eq(count(read)))
            .exec(&self.tx)
            .await?;
        if changed.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        for (enrollment, position) in account.enrollments.iter().zip(0..) {
            enrollment::Entity::update(enrollment_to_row(account.id, position, enrollment))
                .exec(&self.tx)
                .await?;
        }
        if account.state.is_final() {
            account_secret::Entity::delete_many()
                .filter(account_secret::Column::AccountId.eq(account.id.0))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

fn place_of_password(id: AccountId, generation: i32) -> String {
    format!("account_secrets/{id}/{generation}/sealed")
}

fn within(visible: &Visibility) -> Condition {
    match visible {
        Visibility::All => Condition::all(),
        Visibility::Team(team) => Condition::all().add(account::Column::Team.eq(team)),
        Visibility::Own(login) => Condition::any()
            .add(account::Column::Holder.eq(login.as_str()))
            .add(account::Column::RequestedByLogin.eq(login.as_str())),
    }
}

fn matching(filter: &AccountFilter) -> Condition {
    let text = |column: account::Column, value: Option<&str>| value.map(|value| column.eq(value));
    let on_service = filter.service.as_ref().map(|service| {
        account::Column::Id.in_subquery(
            Query::select()
                .column(enrollment::Column::AccountId)
                .from(enrollment::Entity)
                .and_where(enrollment::Column::Service.eq(service.as_str()))
                .to_owned(),
        )
    });
    let labelled = filter.label.as_ref().map(|(key, value)| {
        account::Column::Id.in_subquery(
            Query::select()
                .column(account_label::Column::AccountId)
                .from(account_label::Entity)
                .and_where(account_label::Column::Key.eq(key.as_str()))
                .and_where(account_label::Column::Value.eq(value.as_str()))
                .to_owned(),
        )
    });
    let words = filter.q.as_ref().map(|q| {
        // A range instead of LIKE, so that the index on usernames serves.
        let from = q.as_str().to_lowercase();
        let to = format!("{from}\u{10ffff}");
        Condition::any()
            .add(account::Column::Username.between(from, to))
            .add(account::Column::Ticket.eq(q.as_str()))
    });
    Condition::all()
        .add_option(text(account::Column::State, filter.state.map(Into::into)))
        .add_option(text(account::Column::Run, filter.run.as_ref().map(|run| run.as_str())))
        .add_option(text(account::Column::RequestedByLogin, filter.requested_by.as_ref().map(|l| l.as_str())))
        .add_option(text(account::Column::Holder, filter.holder.as_ref().map(|l| l.as_str())))
        .add_option(on_service)
        .add_option(labelled)
        .add_option(words)
}

/// Puts accounts together from their rows, in the order of the rows.
pub(super) async fn assemble(
    db: &impl ConnectionTrait,
    rows: Vec<account::Model>,
) -> Result<Vec<Account>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut enrollments: HashMap<Uuid, Vec<Enrollment>> = HashMap::new();
    let enrollment_rows = enrollment::Entity::find()
        .filter(enrollment::Column::AccountId.is_in(ids.iter().copied()))
        .order_by_asc(enrollment::Column::Position)
        .all(db)
        .await?;
    for row in enrollment_rows {
        enrollments.entry(row.account_id).or_default().push(enrollment_from_row(row)?);
    }
    let mut labels: HashMap<Uuid, BTreeMap<String, String>> = HashMap::new();
    let label_rows =
        account_label::Entity::find().filter(account_label::Column::AccountId.is_in(ids)).all(db).await?;
    for row in label_rows {
        labels.entry(row.account_id).or_default().insert(row.key, row.value);
    }
    rows.into_iter()
        .map(|row| {
            let labels = labels.remove(&row.id).unwrap_or_default();
            let enrollments = enrollments.remove(&row.id).unwrap_or_default();
            from_row(row, labels, enrollments)
        })
        .collect()
}

fn from_row(
    row: account::Model,
    labels: BTreeMap<String, String>,
    enrollments: Vec<Enrollment>,
) -> Result<Account, StoreError> {
    let id = row.id;
    let at = Row { table: "accounts", id: &id };
    Ok(Account {
        id: AccountId(row.id),
        state: at.parse("state", &row.state)?,
        end_reason: row.end_reason.as_deref().map(|reason| at.parse("end_reason", reason)).transpose()?,
        attributes: at.json("attributes", &row.attributes)?,
        requested_by: ActorRef {
            kind: at.parse("requested_by_kind", &row.requested_by_kind)?,
            login: row.requested_by_login,
            token: row.requested_by_token,
            person_id: row.requested_by_person_id.map(PersonId),
            token_id: row.requested_by_token_id.map(TokenId),
        },
        holder: at.parse("holder", &row.holder)?,
        ttl: u64::try_from(row.ttl).ok().and_then(Ttl::from_secs).ok_or_else(|| at.bad("ttl", row.ttl))?,
        version: at.number("version", row.version)?,
        username: row.username,
        email: row.email,
        purpose: row.purpose,
        ticket: row.ticket,
        labels,
        run: row.run,
        team: row.team,
        approved_by: row.approved_by,
        created_at: Timestamp::from_millis(row.created_at),
        active_at: time(row.active_at),
        expires_at: time(row.expires_at),
        ended_at: time(row.ended_at),
        enrollments,
    })
}

fn name<T: Into<&'static str>>(value: T) -> String {
    let name: &'static str = value.into();
    name.to_owned()
}

fn to_row(account: &Account) -> account::ActiveModel {
    let requested_by = &account.requested_by;
    account::ActiveModel {
        id: Set(account.id.0),
        username: Set(account.username.clone()),
        email: Set(account.email.clone()),
        state: Set(name::<AccountState>(account.state)),
        end_reason: Set(account.end_reason.map(name)),
        purpose: Set(account.purpose.clone()),
        ticket: Set(account.ticket.clone()),
        run: Set(account.run.clone()),
        attributes: Set(serde_json::json!(account.attributes).to_string()),
        requested_by_kind: Set(name(requested_by.kind)),
        requested_by_login: Set(requested_by.login.clone()),
        requested_by_token: Set(requested_by.token.clone()),
        requested_by_person_id: Set(requested_by.person_id.map(|id| id.0)),
        requested_by_token_id: Set(requested_by.token_id.map(|id| id.0)),
        holder: Set(account.holder.to_string()),
        team: Set(account.team.clone()),
        approved_by: Set(account.approved_by.clone()),
        ttl: Set(account.ttl.as_millis() / 1_000),
        created_at: Set(account.created_at.as_millis()),
        active_at: Set(millis(account.active_at)),
        expires_at: Set(millis(account.expires_at)),
        ended_at: Set(millis(account.ended_at)),
        version: Set(count(account.version)),
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
        remote_id: row.remote_id,
        attempts: at.number("attempts", row.attempts)?,
        next_attempt_at: time(row.next_attempt_at),
        last_error: row.last_error,
        password_generation: row
            .password_generation
            .map(|generation| at.number("password_generation", generation))
            .transpose()?,
        removed_at: time(row.removed_at),
        proof: row.proof,
    })
}

fn enrollment_to_row(account: AccountId, position: i32, enrollment: &Enrollment) -> enrollment::ActiveModel {
    enrollment::ActiveModel {
        id: Set(enrollment.id.0),
        account_id: Set(account.0),
        position: Set(position),
        service_id: Set(enrollment.service_id.0),
        service: Set(enrollment.service.to_string()),
        username: Set(enrollment.username.clone()),
        state: Set(name(enrollment.state)),
        remote_id: Set(enrollment.remote_id.clone()),
        attempts: Set(count(enrollment.attempts)),
        next_attempt_at: Set(millis(enrollment.next_attempt_at)),
        last_error: Set(enrollment.last_error.clone()),
        password_generation: Set(enrollment.password_generation.map(count)),
        removed_at: Set(millis(enrollment.removed_at)),
        proof: Set(enrollment.proof.clone()),
        // Who works on it is the queue's business.
        claim: NotSet,
        claimed_until: NotSet,
    }
}
