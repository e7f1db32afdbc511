//! Teams.

use domain::{
    Timestamp,
    team::{DEFAULT_TEAM, Team},
    text::Slug,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Store, StoreError, UnitOfWork,
    entities::{person, team},
    rows::{Row, the_one},
};

impl Store {
    /// All teams, by slug; the one of those who have no other first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        let rows = team::Entity::find()
            .order_by_desc(team::Column::Slug.eq(DEFAULT_TEAM))
            .order_by_asc(team::Column::Slug)
            .all(&self.read)
            .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// The team with that slug.
    ///
    /// # Errors
    /// The database failed.
    pub async fn team(&self, slug: &str) -> Result<Option<Team>, StoreError> {
        the_one(team::Entity::find_by_id(slug), &self.read).await?.map(from_row).transpose()
    }
}

impl UnitOfWork {
    /// The team with that slug, which stays until the commit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn team(&self, slug: &str) -> Result<Option<Team>, StoreError> {
        let row = team::Entity::find_by_id(slug).lock_exclusive();
        the_one(row, &self.tx).await?.map(from_row).transpose()
    }

    /// Adds a team.
    ///
    /// # Errors
    /// The slug is taken ([`StoreError::is_taken`]), or the database failed.
    pub async fn insert_team(&self, team: &Team) -> Result<(), StoreError> {
        team::Entity::insert(to_row(team)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Stores what a team is called.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_team(&self, team: &Team) -> Result<(), StoreError> {
        team::Entity::update(to_row(team)).exec(&self.tx).await?;
        Ok(())
    }

    /// Does away with a team.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_team(&self, slug: &Slug) -> Result<(), StoreError> {
        team::Entity::delete_by_id(slug.as_str()).exec(&self.tx).await?;
        Ok(())
    }

    /// How many people belong to a team.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_people_of(&self, team: &Slug) -> Result<u64, StoreError> {
        let people = person::Entity::find().filter(person::Column::Team.eq(team.as_str()));
        Ok(people.count(&self.tx).await?)
    }
}

fn to_row(team: &Team) -> team::ActiveModel {
    team::ActiveModel {
        slug: Set(team.slug.to_string()),
        name: Set(team.name.to_string()),
        created_at: Set(team.created_at.as_millis()),
    }
}

fn from_row(row: team::Model) -> Result<Team, StoreError> {
    let at = Row { table: "teams", id: &row.slug };
    Ok(Team {
        slug: at.parse("slug", &row.slug)?,
        name: at.parse("name", &row.name)?,
        created_at: Timestamp::from_millis(row.created_at),
    })
}
