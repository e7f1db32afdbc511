//! People.

use domain::{
    Timestamp,
    id::PersonId,
    page::{Page, PageRequest},
    people::{Person, Role, SignInBy},
    team::DEFAULT_TEAM,
    text::Login,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait,
};

use super::{
    Store, StoreError, UnitOfWork,
    entities::person,
    rows::{Row, cut_to_page, millis, the_one, time},
};

/// A person with what only signing in needs.
#[derive(Debug)]
pub struct PersonRow {
    /// The person.
    pub person: Person,
    /// The password's hash, where the person has a password.
    pub password_hash: Option<String>,
    /// When they were erased; nobody comes back from that.
    pub erased_at: Option<Timestamp>,
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

    /// One page of everybody, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn people(&self, page: PageRequest) -> Result<Page<Person>, StoreError> {
        let mut query =
            person::Entity::find().order_by_desc(person::Column::Id).limit(u64::from(page.limit) + 1);
        if let Some(before) = page.before {
            query = query.filter(person::Column::Id.lt(before));
        }
        let mut rows = query.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let items =
            rows.into_iter().map(|row| from_row(row).map(|row| row.person)).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|person| person.id.to_string());
        Ok(Page { items, next })
    }

    /// Whether there is nobody at all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_nobody_there(&self) -> Result<bool, StoreError> {
        Ok(person::Entity::find().one(&self.read).await?.is_none())
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
            provider: Set(None),
            provider_subject: Set(None),
            erased_at: Set(None),
        };
        person::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes what can change of a person: role and team, and whether they
    /// are shut out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_person(&self, person: &Person) -> Result<(), StoreError> {
        let row = person::ActiveModel {
            id: Set(person.id.0),
            role: Set(person.role.to_string()),
            team: Set(person.team.clone()),
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

    /// Has a person sign in through a provider from now on, which knows them as
    /// that subject.
    ///
    /// # Errors
    /// The provider knows somebody else so ([`StoreError::is_taken`]), or the
    /// database failed.
    pub async fn set_subject(&self, id: PersonId, provider: &str, subject: &str) -> Result<(), StoreError> {
        let row = person::ActiveModel {
            id: Set(id.0),
            provider: Set(Some(provider.to_owned())),
            provider_subject: Set(Some(subject.to_owned())),
            ..Default::default()
        };
        person::Entity::update(row).exec(&self.tx).await?;
        Ok(())
    }

    /// Whether there is nobody at all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_nobody_there(&self) -> Result<bool, StoreError> {
        Ok(person::Entity::find().one(&self.tx).await?.is_none())
    }

    /// The person whom the provider knows as that subject, kept
    /// from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person_by_subject(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<Option<Person>, StoreError> {
        let by_subject = person::Entity::find()
            .filter(person::Column::Provider.eq(provider))
            .filter(person::Column::ProviderSubject.eq(subject))
            .lock_exclusive();
        let row = the_one(by_subject, &self.tx).await?;
        row.map(|row| from_row(row).map(|row| row.person)).transpose()
    }

    /// The person with that id, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person(&self, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let row = the_one(person::Entity::find_by_id(id.0).lock_exclusive(), &self.tx).await?;
        row.map(from_row).transpose()
    }

    /// The person with that login, kept from others until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person_by_login(&self, login: &str) -> Result<Option<PersonRow>, StoreError> {
        let by_login = person::Entity::find().filter(person::Column::Login.eq(login)).lock_exclusive();
        the_one(by_login, &self.tx).await?.map(from_row).transpose()
    }

    /// The team of the person with that login.
    ///
    /// # Errors
    /// The database failed.
    pub async fn team_of(&self, login: &Login) -> Result<String, StoreError> {
        let by_login = person::Entity::find().filter(person::Column::Login.eq(login.as_str()));
        let row = the_one(by_login, &self.tx).await?;
        Ok(row.map_or_else(|| DEFAULT_TEAM.to_owned(), |row| row.team))
    }

    /// The admins who can sign in; nobody changes that until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn admins_who_can_sign_in(&self) -> Result<Vec<PersonId>, StoreError> {
        let rows = person::Entity::find()
            .filter(person::Column::Role.eq(Role::Admin.to_string()))
            .filter(person::Column::DisabledAt.is_null())
            .filter(person::Column::PasswordHash.is_not_null().or(person::Column::Provider.is_not_null()))
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
    let by_password = row.password_hash.as_ref().map(|_| SignInBy::Password);
    let by_provider = row.provider.as_ref().map(|_| SignInBy::Provider);
    Ok(PersonRow {
        person: Person {
            id: PersonId(row.id),
            login: at.parse("login", &row.login)?,
            role: at.parse("role", &row.role)?,
            team: row.team,
            signs_in_by: by_password.into_iter().chain(by_provider).collect(),
            created_at: Timestamp::from_millis(row.created_at),
            disabled_at: time(row.disabled_at),
        },
        password_hash: row.password_hash,
        erased_at: time(row.erased_at),
    })
}
