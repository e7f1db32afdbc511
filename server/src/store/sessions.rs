//! Browser sessions, in the same database.
//!
//! The session's id is a secret like a password: only its hash is stored.

use async_trait::async_trait;
use domain::{
    Timestamp,
    access::{self, session_keys},
    id::{PersonId, SessionId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use super::{Store, StoreError, UnitOfWork, entities::session, rows::the_one};
use crate::secrets::token_text::hex;

/// The session store of tower-sessions, on our own tables.
#[derive(Clone, Debug)]
pub struct Sessions(Store);

impl Store {
    /// The sessions in this database.
    pub fn sessions(&self) -> Sessions {
        Sessions(self.clone())
    }

    /// The sessions of a person that have not run out, the last begun first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sessions_of(
        &self,
        person: PersonId,
    ) -> std::result::Result<Vec<access::Session>, StoreError> {
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(person.0))
            .filter(session::Column::ExpiresAt.gt(self.world.now().as_millis()))
            .order_by_desc(session::Column::BegunAt)
            .all(&self.read)
            .await?;
        let shown = rows.into_iter().filter_map(|row| {
            let begun_at = Timestamp::from_millis(row.begun_at?);
            Some(access::Session {
                id: SessionId(row.id?),
                begun_at,
                used_at: row.used_at.map_or(begun_at, Timestamp::from_millis),
                browser: row.browser.unwrap_or_default(),
            })
        });
        Ok(shown.collect())
    }

    /// Deletes the sessions that have run out; says how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_expired_sessions(&self) -> std::result::Result<u64, StoreError> {
        let deleted = session::Entity::delete_many()
            .filter(session::Column::ExpiresAt.lte(self.world.now().as_millis()))
            .exec(&self.write)
            .await?;
        Ok(deleted.rows_affected)
    }
}

impl UnitOfWork {
    /// Ends all sessions of a person, but for one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_sessions_of(
        &self,
        person: PersonId,
        but: Option<SessionId>,
    ) -> std::result::Result<(), StoreError> {
        let others = but.map(|but| session::Column::Id.ne(but.0));
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(person.0))
            .filter(Condition::all().add_option(others))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Ends one session of a person's; says whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_session(
        &self,
        person: PersonId,
        id: SessionId,
    ) -> std::result::Result<bool, StoreError> {
        let ended = session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(person.0))
            .filter(session::Column::Id.eq(id.0))
            .exec(&self.tx)
            .await?;
        Ok(ended.rows_affected > 0)
    }
}

/// What people see of their sessions: it stands in the session's data, and in
/// columns of its own.
struct Shown {
    id: Option<Uuid>,
    person: Option<Uuid>,
    begun_at: Option<i64>,
    used_at: Option<i64>,
    browser: Option<String>,
}

impl Shown {
    fn of(record: &Record) -> Self {
        let read = |key: &str| record.data.get(key);
        let id = |key| read(key).and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        Self {
            id: id(session_keys::ID),
            person: id(session_keys::PERSON),
            begun_at: read(session_keys::BEGUN).and_then(serde_json::Value::as_i64),
            used_at: read(session_keys::LAST_USE).and_then(serde_json::Value::as_i64),
            browser: read(session_keys::BROWSER).and_then(|text| text.as_str().map(str::to_owned)),
        }
    }
}

fn id_hash(id: &Id) -> String {
    hex(&Sha256::digest(id.0.to_be_bytes()))
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn expiry(record: &Record) -> i64 {
    record.expiry_date.unix_timestamp().saturating_mul(1_000)
}

fn backend(error: sea_orm::DbErr) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // Ids have 128 random bits: that one exists already does not happen.
        let shown = Shown::of(record);
        let row = session::ActiveModel {
            id_hash: Set(id_hash(&record.id)),
            id: Set(shown.id),
            person_id: Set(shown.person),
            begun_at: Set(shown.begun_at),
            used_at: Set(shown.used_at),
            browser: Set(shown.browser),
            data: Set(encode(record)?),
            expires_at: Set(expiry(record)),
        };
        session::Entity::insert(row).exec_without_returning(&self.0.write).await.map_err(backend)?;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // A session that was ended meanwhile stays ended: nothing to update.
        let shown = Shown::of(record);
        session::Entity::update_many()
            .col_expr(session::Column::Id, Expr::value(shown.id))
            .col_expr(session::Column::PersonId, Expr::value(shown.person))
            .col_expr(session::Column::BegunAt, Expr::value(shown.begun_at))
            .col_expr(session::Column::UsedAt, Expr::value(shown.used_at))
            .col_expr(session::Column::Browser, Expr::value(shown.browser))
            .col_expr(session::Column::Data, Expr::value(encode(record)?))
            .col_expr(session::Column::ExpiresAt, Expr::value(expiry(record)))
            .filter(session::Column::IdHash.eq(id_hash(&record.id)))
            .exec(&self.0.write)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = the_one(session::Entity::find_by_id(id_hash(id)), &self.0.read).await.map_err(backend)?;
        let now = self.0.world.now().as_millis();
        let Some(row) = row.filter(|row| row.expires_at > now) else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::Entity::delete_by_id(id_hash(id)).exec(&self.0.write).await.map_err(backend)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{store::Location, world::World};

    #[tokio::test]
    async fn a_session_that_was_ended_is_not_brought_back_by_an_answer_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("sessions.db"));
        let sessions = Store::open(location, World::system()).await.unwrap().sessions();
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap();
        let mut record = Record { id: Id::default(), data: Default::default(), expiry_date };
        sessions.create(&mut record).await.unwrap();
        record.data.insert("note".to_owned(), "kept".into());
        sessions.save(&record).await.unwrap();
        assert_eq!(sessions.load(&record.id).await.unwrap(), Some(record.clone()));
        sessions.delete(&record.id).await.unwrap();
        sessions.save(&record).await.unwrap();
        assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    }
}
