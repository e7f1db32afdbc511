//! Accounts with their enrollments and labels.

mod filter;
mod mapping;

use domain::{
    Account, Timestamp,
    command::AccountFilter,
    id::{AccountId, ServiceId, TokenId},
    page::{Page, PageRequest},
    policy::Visibility,
    secret::Secret,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    entities::{account, account_label, account_secret, enrollment},
    rows::{Row, count, cut_to_page},
};
use crate::secrets::keyring::{Keyring, KeyringError};
use filter::{matching, within};
pub(super) use mapping::assemble;
use mapping::{enrollment_to_row, to_row};

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
        password(&self.read, id, keyring).await
    }
}

impl UnitOfWork {
    /// The account's password, opened; `None` once it was shredded.
    ///
    /// # Errors
    /// The database failed, or the key ring does not open it.
    pub async fn password(&self, id: AccountId, keyring: &Keyring) -> Result<Option<Secret>, StoreError> {
        password(&self.tx, id, keyring).await
    }

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

async fn password(
    db: &impl ConnectionTrait,
    id: AccountId,
    keyring: &Keyring,
) -> Result<Option<Secret>, StoreError> {
    let row = account_secret::Entity::find()
        .filter(account_secret::Column::AccountId.eq(id.0))
        .order_by_desc(account_secret::Column::Generation)
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let bad = |error: KeyringError| Row { table: "account_secrets", id: &id }.bad("sealed", error);
    let plain = keyring.open(&place_of_password(id, row.generation), &row.sealed).map_err(bad)?;
    let text = std::str::from_utf8(&plain).map_err(|_| bad(KeyringError::Broken))?;
    Ok(Some(Secret::new(text.to_owned())))
}

fn place_of_password(id: AccountId, generation: i32) -> String {
    format!("account_secrets/{id}/{generation}/sealed")
}
