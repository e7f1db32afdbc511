//! When tokens were last used, and those that are bound to a CI run.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns =
            [big_integer_null("used_at"), text_null("run"), text_null("services"), integer_null("quota")];
        for column in columns {
            manager.alter_table(Table::alter().table("tokens").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
