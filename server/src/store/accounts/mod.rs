//! Accounts with their enrollments and labels.

pub(super) mod filter;
mod mapping;

use std::{cmp::Reverse, collections::HashSet};

use domain::{
    Account, Timestamp,
    command::AccountFilter,
    id::{AccountId, ServiceId, TokenId},
    page::{Page, PageRequest},
    policy::Visibility,
    secret::Secret,
    text::{RunName, Slug},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::{
    ClaimKey, Store, StoreError, UnitOfWork,
    entities::{account, account_label, account_secret, enrollment},
    rows::{ROWS_AT_ONCE, Row, count, cut_to_page, the_one},
};
use crate::secrets::keyring::{Keyring, KeyringError};
use filter::{matching, ways_to_see};
pub(super) use mapping::{FIRST_CLAIM, assemble, from_rows};
use mapping::{enrollment_to_new_row, enrollment_to_row, to_row};

impl Store {
    /// The account with that id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let mut found = account::Entity::find_by_id(id.0)
            .find_with_related(enrollment::Entity)
            .order_by_asc(enrollment::Column::Position)
            .all(&self.read)
            .await?;
        found.pop().map(|(row, enrollments)| from_rows(row, enrollments)).transpose()
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
        let mut rows = Vec::new();
        for query in pages_of_accounts(visible, filter, page) {
            rows.extend(query.all(&self.read).await?);
        }
        rows.sort_unstable_by_key(|row| Reverse(row.id));
        rows.dedup_by_key(|row| row.id);
        let more = cut_to_page(&mut rows, page);
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

    /// The accounts whose time is over, the longest overdue first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn overdue(
        &self,
        which: Overdue,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<Uuid> = overdue(which, now, limit).into_tuple().all(&self.read).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// The account's password of that generation, opened; `None` once it was
    /// shredded.
    ///
    /// # Errors
    /// The database failed, or the key ring does not open it.
    pub async fn password(
        &self,
        id: AccountId,
        generation: u32,
        keyring: &Keyring,
    ) -> Result<Option<Secret>, StoreError> {
        let row = the_one(account_secret::Entity::find_by_id((id.0, count(generation))), &self.read).await?;
        let Some(row) = row else { return Ok(None) };
        let bad = |error: KeyringError| Row { table: "account_secrets", id: &id }.bad("sealed", error);
        let plain = keyring.open(&place_of_password(id, row.generation), &row.sealed).map_err(bad)?;
        let text = std::str::from_utf8(&plain).map_err(|_| bad(KeyringError::Broken))?;
        Ok(Some(Secret::new(text.to_owned())))
    }
}

/// Whose time may be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// Leases.
    Lease,
    /// Accounts that could not be created yet.
    Creation,
    /// Requests on which nobody has decided.
    Request,
}

pub(super) fn overdue(which: Overdue, now: Timestamp, limit: u64) -> Select<account::Entity> {
    // An account keeps the end of its lease when it has ended; the other
    // deadlines are there only while they count.
    let (counts, end) = match which {
        Overdue::Lease => (Some(account::Column::EndReason.is_null()), account::Column::ExpiresAt),
        Overdue::Creation => (None, account::Column::ProvisionBy),
        Overdue::Request => (None, account::Column::DecideBy),
    };
    account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(Condition::all().add_option(counts))
        .filter(end.lte(now.as_millis()))
        .order_by_asc(end)
        .limit(limit)
}

pub(super) fn held(holder: &domain::text::Login, service: ServiceId) -> Select<enrollment::Entity> {
    enrollment::Entity::find()
        .filter(enrollment::Column::ServiceId.eq(service.0))
        .filter(enrollment::Column::Holder.eq(holder.as_str()))
        .filter(enrollment::Column::RemovedAt.is_null())
}

/// What together holds one page, and one row more to see whether there is
/// another: for each way to see an account a query of its own, since a database
/// that follows several at once has to sort all that they lead to.
pub(super) fn pages_of_accounts(
    visible: &Visibility,
    filter: &AccountFilter,
    page: PageRequest,
) -> Vec<Select<account::Entity>> {
    let ways = ways_to_see(visible).into_iter();
    let query = |way| {
        let rows = account::Entity::find()
            .filter(way)
            .filter(matching(filter))
            .order_by_desc(account::Column::Id)
            .limit(u64::from(page.limit) + 1);
        match page.before {
            Some(before) => rows.filter(account::Column::Id.lt(before)),
            None => rows,
        }
    };
    ways.map(query).collect()
}

impl UnitOfWork {
    /// Adds the password of the generation that the account wants now, sealed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_password(
        &self,
        account: &Account,
        password: &Secret,
        keyring: &Keyring,
    ) -> Result<(), StoreError> {
        let secret = seal(account, password, keyring);
        account_secret::Entity::insert(secret).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// The account with that id, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts([id]).await?.pop())
    }

    /// The accounts with those ids, in order, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<Vec<Account>, StoreError> {
        let rows = self.lock_accounts(ids).await?;
        rows.into_iter().map(|(row, enrollments)| from_rows(row, enrollments)).collect()
    }

    /// The rows of accounts and of their enrollments, in order, all kept from
    /// others until the commit.
    pub(super) async fn lock_accounts(
        &self,
        ids: impl IntoIterator<Item = AccountId>,
    ) -> Result<Vec<(account::Model, Vec<enrollment::Model>)>, StoreError> {
        let rows = account::Entity::find()
            .inner_join(enrollment::Entity)
            .select_also(enrollment::Entity)
            .filter(account::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .order_by_asc(account::Column::Id)
            .order_by_asc(enrollment::Column::Position)
            .lock_exclusive()
            .all(&self.tx)
            .await?;
        let mut accounts: Vec<(account::Model, Vec<enrollment::Model>)> = Vec::new();
        for (row, enrollment) in rows {
            match accounts.last_mut() {
                Some((account, enrollments)) if account.id == row.id => enrollments.extend(enrollment),
                _ => accounts.push((row, enrollment.into_iter().collect())),
            }
        }
        Ok(accounts)
    }

    /// How many accounts are, or may be, on that service which the person
    /// holds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_held(
        &self,
        holder: &domain::text::Login,
        service: ServiceId,
    ) -> Result<u64, StoreError> {
        Ok(held(holder, service).count(&self.tx).await?)
    }

    /// How many accounts of that run have not ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_held_by_run(&self, run: &RunName) -> Result<u64, StoreError> {
        self.count_living(account::Column::Run.eq(run.as_str())).await
    }

    /// How many accounts of that team have not ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_living_of(&self, team: &Slug) -> Result<u64, StoreError> {
        self.count_living(account::Column::Team.eq(team.as_str())).await
    }

    async fn count_living(&self, which: SimpleExpr) -> Result<u64, StoreError> {
        let living = account::Entity::find().filter(which).filter(account::Column::EndedAt.is_null());
        Ok(living.count(&self.tx).await?)
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

    /// Adds accounts, each with its first password, sealed; claimed already
    /// where that time says until when ([`Claim::first`](super::Claim::first)).
    ///
    /// # Errors
    /// A username is taken ([`StoreError::is_taken`]), or the database failed.
    pub async fn insert_accounts(
        &self,
        accounts: &[(Account, Secret)],
        keyring: &Keyring,
        claimed_until: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        for (account, _) in accounts {
            self.note_saved(account);
            if claimed_until.is_none() {
                self.note_work(account);
            }
        }
        for some in accounts.chunks(ROWS_AT_ONCE) {
            let rows = some.iter().map(|(account, _)| to_row(account));
            account::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
            let labels: Vec<_> = some.iter().flat_map(|(account, _)| labels_of(account)).collect();
            for some in labels.chunks(5_000) {
                account_label::Entity::insert_many(some.to_vec()).exec_without_returning(&self.tx).await?;
            }
            let secrets = some.iter().map(|(account, password)| seal(account, password, keyring));
            account_secret::Entity::insert_many(secrets).exec_without_returning(&self.tx).await?;
            let enrollments: Vec<_> = some
                .iter()
                .flat_map(|(account, _)| {
                    let placed = account.enrollments.iter().zip(0..);
                    placed.map(|(enrollment, position)| {
                        enrollment_to_new_row(account, position, enrollment, claimed_until)
                    })
                })
                .collect();
            for some in enrollments.chunks(ROWS_AT_ONCE) {
                enrollment::Entity::insert_many(some.to_vec()).exec_without_returning(&self.tx).await?;
            }
        }
        Ok(())
    }

    /// Stores what changed in an account, and shreds the passwords that are of
    /// no use any more. Labels never change.
    ///
    /// # Errors
    /// Somebody else changed it meanwhile ([`StoreError::Stale`]), the new
    /// username is taken, or the database failed.
    pub async fn save_account(&self, account: &mut Account) -> Result<(), StoreError> {
        self.save_settled(account, &HashSet::new()).await
    }

    /// Stores what changed in an account, and gives back the claims on those
    /// of its enrollments: what was done under them is settled with that.
    ///
    /// # Errors
    /// As for [`save_account`](Self::save_account); no claim was given back.
    pub async fn save_settled(
        &self,
        account: &mut Account,
        claimed: &HashSet<ClaimKey>,
    ) -> Result<(), StoreError> {
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
        self.note_saved(account);
        self.note_work(account);
        for (enrollment, position) in account.enrollments.iter().zip(0..) {
            let mut row = enrollment_to_row(account, position, enrollment);
            if claimed.iter().any(|(id, _)| *id == enrollment.id) {
                row.claimed_until = Set(None);
            }
            enrollment::Entity::update(row).exec(&self.tx).await?;
        }
        let mut shredded =
            account_secret::Entity::delete_many().filter(account_secret::Column::AccountId.eq(account.id.0));
        if !account.state.is_final() {
            let Some(oldest) = account.oldest_password() else { return Ok(()) };
            shredded = shredded.filter(account_secret::Column::Generation.lt(count(oldest)));
        }
        shredded.exec(&self.tx).await?;
        Ok(())
    }
}

fn labels_of(account: &Account) -> impl Iterator<Item = account_label::ActiveModel> {
    account.labels.iter().map(|(key, value)| account_label::ActiveModel {
        account_id: Set(account.id.0),
        key: Set(key.clone()),
        value: Set(value.clone()),
    })
}

fn seal(account: &Account, password: &Secret, keyring: &Keyring) -> account_secret::ActiveModel {
    let generation = count(account.password_generation);
    let place = place_of_password(account.id, generation);
    account_secret::ActiveModel {
        account_id: Set(account.id.0),
        generation: Set(generation),
        sealed: Set(keyring.seal(&place, password.expose().as_bytes())),
    }
}

pub(super) fn place_of_password(id: AccountId, generation: i32) -> String {
    format!("account_secrets/{id}/{generation}/sealed")
}
