//! Teams, and all that belongs to them by name.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("teams")
                    .col(text("slug").primary_key())
                    .col(text("name"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        let default = "INSERT INTO teams (slug, name, created_at) VALUES ('default', 'Everybody', 0)";
        manager.get_connection().execute_unprepared(default).await?;
        Ok(())
    }
}
