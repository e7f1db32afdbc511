//! A service can be paused and retired.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("state").default("active").to_owned(),
            big_integer_null("state_since"),
            text_null("state_reason"),
            uuid_null("cleanup_id"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("services").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
