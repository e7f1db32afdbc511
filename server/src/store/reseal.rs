//! Sealing anew: what an old key has sealed is sealed with the first one of
//! the ring, row by row, while everything goes on.

use std::collections::BTreeMap;

use domain::id::{AccountId, EnrollmentId, ServiceId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Store, StoreError,
    accounts::place_of_password,
    canary,
    entities::{account_secret, enrollment, keyring_canary, service},
    rows::ROWS_AT_ONCE,
};
use crate::secrets::{
    keyring::{KeyId, Keyring},
    own_secret, service_secret,
};

/// Something sealed, and how to put it back sealed anew if nobody changed it
/// meanwhile.
struct Sealed {
    place: String,
    sealed: Vec<u8>,
    row: Place,
}

enum Place {
    Canary,
    Password { account: Uuid, generation: i32 },
    OwnSecret(Uuid),
    ServiceSecret(Uuid),
}

impl Store {
    /// How much each key has sealed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sealed_by(&self) -> Result<BTreeMap<KeyId, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        let mut sealed = self.few_that_are_sealed().await?;
        let mut after = None;
        loop {
            for one in &sealed {
                if let Some(id) = KeyId::of(&one.sealed) {
                    *counts.entry(id).or_default() += 1;
                }
            }
            let page;
            (page, after) = self.passwords(after).await?;
            if page.is_empty() {
                return Ok(counts);
            }
            sealed = page;
        }
    }

    /// Seals with the ring's first key all that another one has sealed; says how
    /// much that was. What does not open stays as it is, and is told in the log.
    ///
    /// # Errors
    /// The database failed; what is done stays done.
    pub async fn reseal(&self, keyring: &Keyring) -> Result<u64, StoreError> {
        let first = keyring.ids().first().copied();
        let mut sealed = self.few_that_are_sealed().await?;
        let (mut after, mut done) = (None, 0);
        loop {
            for one in sealed.into_iter().filter(|one| KeyId::of(&one.sealed) != first) {
                match keyring.open(&one.place, &one.sealed) {
                    Ok(plain) => {
                        let anew = keyring.seal(&one.place, &plain);
                        done += self.put_back(one, anew).await?;
                    }
                    Err(error) => tracing::error!(place = one.place, %error, "it cannot be sealed anew"),
                }
            }
            (sealed, after) = self.passwords(after).await?;
            if sealed.is_empty() {
                return Ok(done);
            }
        }
    }

    /// All but the passwords: the canary, and what services made or need.
    async fn few_that_are_sealed(&self) -> Result<Vec<Sealed>, StoreError> {
        let canary = keyring_canary::Entity::find_by_id(canary::ID).all(&self.read).await?;
        let canary = canary.into_iter().map(|row| Sealed {
            place: canary::PLACE.to_owned(),
            sealed: row.sealed,
            row: Place::Canary,
        });
        let own = enrollment::Entity::find().filter(enrollment::Column::OwnSecret.is_not_null());
        let own = own.all(&self.read).await?.into_iter().filter_map(|row| {
            let place = own_secret::place(EnrollmentId(row.id));
            Some(Sealed { place, sealed: row.own_secret?, row: Place::OwnSecret(row.id) })
        });
        let services = service::Entity::find().filter(service::Column::SealedSecret.is_not_null());
        let services = services.all(&self.read).await?.into_iter().filter_map(|row| {
            let place = service_secret::place(ServiceId(row.id));
            Some(Sealed { place, sealed: row.sealed_secret?, row: Place::ServiceSecret(row.id) })
        });
        Ok(canary.chain(own).chain(services).collect())
    }

    /// Some of the passwords, in the order of their keys, and the last key.
    async fn passwords(
        &self,
        after: Option<(Uuid, i32)>,
    ) -> Result<(Vec<Sealed>, Option<(Uuid, i32)>), StoreError> {
        let mut query = account_secret::Entity::find()
            .order_by_asc(account_secret::Column::AccountId)
            .order_by_asc(account_secret::Column::Generation)
            .limit(ROWS_AT_ONCE as u64);
        if let Some((account, generation)) = after {
            let same = Condition::all()
                .add(account_secret::Column::AccountId.eq(account))
                .add(account_secret::Column::Generation.gt(generation));
            query =
                query.filter(Condition::any().add(account_secret::Column::AccountId.gt(account)).add(same));
        }
        let rows = query.all(&self.read).await?;
        let last = rows.last().map(|row| (row.account_id, row.generation));
        let sealed = rows.into_iter().map(|row| Sealed {
            place: place_of_password(AccountId(row.account_id), row.generation),
            sealed: row.sealed,
            row: Place::Password { account: row.account_id, generation: row.generation },
        });
        Ok((sealed.collect(), last))
    }

    async fn put_back(&self, one: Sealed, anew: Vec<u8>) -> Result<u64, StoreError> {
        let Sealed { sealed, row, .. } = one;
        let changed = match row {
            Place::Canary => {
                let update = keyring_canary::Entity::update_many()
                    .col_expr(keyring_canary::Column::Sealed, Expr::value(anew))
                    .filter(keyring_canary::Column::Sealed.eq(sealed));
                self.carry_out(update).await?
            }
            Place::Password { account, generation } => {
                let update = account_secret::Entity::update_many()
                    .col_expr(account_secret::Column::Sealed, Expr::value(anew))
                    .filter(account_secret::Column::AccountId.eq(account))
                    .filter(account_secret::Column::Generation.eq(generation))
                    .filter(account_secret::Column::Sealed.eq(sealed));
                self.carry_out(update).await?
            }
            Place::OwnSecret(id) => {
                let update = enrollment::Entity::update_many()
                    .col_expr(enrollment::Column::OwnSecret, Expr::value(anew))
                    .filter(enrollment::Column::Id.eq(id))
                    .filter(enrollment::Column::OwnSecret.eq(sealed));
                self.carry_out(update).await?
            }
            Place::ServiceSecret(id) => {
                let update = service::Entity::update_many()
                    .col_expr(service::Column::SealedSecret, Expr::value(anew))
                    .filter(service::Column::Id.eq(id))
                    .filter(service::Column::SealedSecret.eq(sealed));
                self.carry_out(update).await?
            }
        };
        Ok(changed)
    }

    async fn carry_out<E: EntityTrait>(&self, update: UpdateMany<E>) -> Result<u64, StoreError> {
        Ok(update.exec(&self.write).await?.rows_affected)
    }
}
