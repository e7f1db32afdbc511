//! The canary: tells whether a key ring is the one that this database was
//! sealed with, before anything is sealed with another.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{Store, StoreError, entities::keyring_canary};
use crate::secrets::keyring::{Keyring, KeyringError};

pub(super) const ID: i32 = 1;
pub(super) const PLACE: &str = "keyring_canary/1/sealed";
const SONG: &[u8] = b"understudy";

impl Store {
    /// Whether something was ever sealed for this database.
    ///
    /// # Errors
    /// The database failed.
    pub async fn has_canary(&self) -> Result<bool, StoreError> {
        Ok(keyring_canary::Entity::find_by_id(ID).one(&self.read).await?.is_some())
    }

    /// Checks that the key ring opens the canary; seals one with it where
    /// there is none yet.
    ///
    /// # Errors
    /// The database failed. The inner error: it is another key ring.
    pub async fn check_keyring(&self, keyring: &Keyring) -> Result<Result<(), KeyringError>, StoreError> {
        if !self.has_canary().await? {
            let row = keyring_canary::ActiveModel { id: Set(ID), sealed: Set(keyring.seal(PLACE, SONG)) };
            let sealed = keyring_canary::Entity::insert(row).exec_without_returning(&self.write).await;
            // Another process that starts at the same moment may have been first.
            if let Err(error) = sealed.map_err(StoreError::from)
                && !error.is_taken()
            {
                return Err(error);
            }
        }
        let row = keyring_canary::Entity::find_by_id(ID).one(&self.write).await?;
        Ok(row.map_or(Err(KeyringError::Broken), |row| keyring.open(PLACE, &row.sealed).map(drop)))
    }
}
