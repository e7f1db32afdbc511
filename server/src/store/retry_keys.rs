//! Requests that may be repeated: by which key, and what they made.
//!
//! The row is written in the transaction of the request's first change, so
//! either both are there or neither is.

use domain::{Timestamp, actor::RetryKey, id::TokenId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use uuid::Uuid;

use super::{Store, StoreError, UnitOfWork, entities::retry_key, events::Events};

/// A request that was carried out before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The SHA-256 of its body, in hex.
    pub body_hash: String,
    /// What it made, if it made something.
    pub made: Option<Uuid>,
}

impl Store {
    /// The request that was carried out with that key through that token.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remembered_request(
        &self,
        token: TokenId,
        key: &RetryKey,
    ) -> Result<Option<Remembered>, StoreError> {
        let id = (token.0, key.target.clone(), key.key.clone());
        let row = retry_key::Entity::find_by_id(id).one(&self.read).await?;
        Ok(row.map(|row| Remembered { body_hash: row.body_hash, made: row.made }))
    }

    /// Forgets requests that are older than that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_requests(&self, before: Timestamp) -> Result<(), StoreError> {
        retry_key::Entity::delete_many()
            .filter(retry_key::Column::CreatedAt.lt(before.as_millis()))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}

impl UnitOfWork {
    /// Writes down by which key the request can be repeated of which the
    /// events tell.
    pub(super) async fn remember_request(&self, events: &Events) -> Result<(), StoreError> {
        let Some((event, key)) = events.iter().find_map(|event| Some((event, event.retry_key.as_ref()?)))
        else {
            return Ok(());
        };
        let (Some(token), Some(request)) = (event.actor.token_id, &event.request_id) else { return Ok(()) };
        let row = retry_key::ActiveModel {
            token_id: Set(token.0),
            target: Set(key.target.clone()),
            key: Set(key.key.clone()),
            body_hash: Set(key.body_hash.clone()),
            request_id: Set(request.clone()),
            made: Set(event.made),
            created_at: Set(self.world.now().as_millis()),
        };
        let nothing = OnConflict::new().do_nothing().to_owned();
        let written =
            retry_key::Entity::insert(row).on_conflict(nothing).exec_without_returning(&self.tx).await?;
        if written == 1 {
            return Ok(());
        }
        // A request may commit more than once; the first commit counts.
        let id = (token.0, key.target.clone(), key.key.clone());
        let first = retry_key::Entity::find_by_id(id).one(&self.tx).await?;
        let own = first.is_some_and(|first| first.request_id == *request);
        if own { Ok(()) } else { Err(StoreError::KeyTaken) }
    }
}
