//! One-time links: each is known by the hash of what makes it up.

use domain::{Timestamp, id::PersonId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Store, StoreError, UnitOfWork, entities::invitation, rows::the_one};

/// For whom a link is that is still good: `None` is the first admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The person.
    pub person: Option<PersonId>,
}

impl Store {
    /// The link with that hash, if it is still good.
    ///
    /// # Errors
    /// The database failed.
    pub async fn invitation(&self, hash: &str) -> Result<Option<InvitationRow>, StoreError> {
        let row = the_one(invitation::Entity::find_by_id(hash), &self.read).await?;
        Ok(self.good(row))
    }

    fn good(&self, row: Option<invitation::Model>) -> Option<InvitationRow> {
        let row = row.filter(|row| row.expires_at > self.world.now().as_millis())?;
        Some(InvitationRow { person: row.person_id.map(PersonId) })
    }

    /// Deletes the links that are too old; says how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_expired_invitations(&self) -> Result<u64, StoreError> {
        let old = invitation::Column::ExpiresAt.lte(self.world.now().as_millis());
        Ok(invitation::Entity::delete_many().filter(old).exec(&self.write).await?.rows_affected)
    }
}

impl UnitOfWork {
    /// Makes a link the only one that is good for that person.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_invitation(
        &self,
        person: Option<PersonId>,
        hash: String,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.delete_invitations(person).await?;
        let row = invitation::ActiveModel {
            code_hash: Set(hash),
            person_id: Set(person.map(|id| id.0)),
            expires_at: Set(expires_at.as_millis()),
        };
        invitation::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Makes all links of a person's worthless.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_invitations(&self, person: Option<PersonId>) -> Result<(), StoreError> {
        let theirs = match person {
            Some(person) => invitation::Column::PersonId.eq(person.0),
            None => invitation::Column::PersonId.is_null(),
        };
        invitation::Entity::delete_many().filter(theirs).exec(&self.tx).await?;
        Ok(())
    }

    /// Uses the link with that hash up, if it is still good.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_invitation(&self, hash: &str) -> Result<Option<InvitationRow>, StoreError> {
        let row = the_one(invitation::Entity::find_by_id(hash).lock_exclusive(), &self.tx).await?;
        let Some(row) = row.filter(|row| row.expires_at > self.world.now().as_millis()) else {
            return Ok(None);
        };
        let deleted = invitation::Entity::delete_by_id(hash).exec(&self.tx).await?;
        Ok((deleted.rows_affected == 1).then_some(InvitationRow { person: row.person_id.map(PersonId) }))
    }
}
