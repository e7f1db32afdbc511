//! People.

use domain::{
    Timestamp,
    id::PersonId,
    people::{Person, Role},
    text::Login,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Store, StoreError, UnitOfWork,
    entities::person,
    rows::{Row, millis, the_one, time},
};

/// A person with what only signing in needs.
#[derive(Debug)]
pub struct PersonRow {
    /// The person.
    pub person: Person,
    /// The password's hash, where the person has a password.
    pub password_hash: Option<String>,
}

impl Store {
    /// The person with that id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let row = the_one(person::Entity::find_by_id(id.0), &self.read).await?;
        row.map(|row| from_row(row).map(|row| row.person)).transpose()
    }

    /// The person with that login.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person_by_login(&self, login: &Login) -> Result<Option<PersonRow>, StoreError> {
        let by_login = person::Entity::find().filter(person::Column::Login.eq(login.as_str()));
        let row = the_one(by_login, &self.read).await?;
        row.map(from_row).transpose()
    }

    /// Everybody, by login.
    ///
    /// # Errors
    /// The database failed.
    pub async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let rows = person::Entity::find().order_by_asc(person::Column::Login).all(&self.read).await?;
        rows.into_iter().map(|row| from_row(row).map(|row| row.person)).collect()
    }
}

impl UnitOfWork {
    /// Makes others who want to do the same for this person wait until the
    /// commit, so that counting and adding are one step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn lock_person(&self, login: &Login) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        person::Entity::find()
            .filter(person::Column::Login.eq(login.as_str()))
            .lock_exclusive()
            .one(&self.tx)
            .await?;
        Ok(())
    }

    /// Adds a person.
    ///
    /// # Errors
    /// The login is taken ([`StoreError::is_taken`]), or the database failed.
    pub async fn insert_person(
        &self,
        person: &Person,
        password_hash: Option<String>,
    ) -> Result<(), StoreError> {
        let row = person::ActiveModel {
            id: Set(person.id.0),
            login: Set(person.login.to_string()),
            role: Set(person.role.to_string()),
            team: Set(person.team.clone()),
            password_hash: Set(password_hash),
            created_at: Set(person.created_at.as_millis()),
            disabled_at: Set(millis(person.disabled_at)),
        };
        person::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes what can change of a person: the role, and whether they are
    /// shut out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_person(&self, person: &Person) -> Result<(), StoreError> {
        let row = person::ActiveModel {
            id: Set(person.id.0),
            role: Set(person.role.to_string()),
            disabled_at: Set(millis(person.disabled_at)),
            ..Default::default()
        };
        person::Entity::update(row).exec(&self.tx).await?;
        Ok(())
    }

    /// Gives a person another password.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_password_hash(&self, id: PersonId, hash: String) -> Result<(), StoreError> {
        let row = person::ActiveModel { id: Set(id.0), password_hash: Set(Some(hash)), ..Default::default() };
        person::Entity::update(row).exec(&self.tx).await?;
        Ok(())
    }

    /// The admins who can sign in; nobody changes that until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn admins_who_can_sign_in(&self) -> Result<Vec<PersonId>, StoreError> {
        let rows = person::Entity::find()
            .filter(person::Column::Role.eq(Role::Admin.to_string()))
            .filter(person::Column::DisabledAt.is_null())
            .filter(person::Column::PasswordHash.is_not_null())
            .order_by_asc(person::Column::Id)
            .lock_exclusive()
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().map(|row| PersonId(row.id)).collect())
    }
}

pub(super) fn from_row(row: person::Model) -> Result<PersonRow, StoreError> {
    let id = row.id;
    let at = Row { table: "people", id: &id };
    Ok(PersonRow {
        person: Person {
            id: PersonId(row.id),
            login: at.parse("login", &row.login)?,
            role: at.parse("role", &row.role)?,
            team: row.team,
            created_at: Timestamp::from_millis(row.created_at),
            disabled_at: time(row.disabled_at),
        },
        password_hash: row.password_hash,
    })
}
