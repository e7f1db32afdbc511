//! What came of trying a service out, and its own secret where the portal
//! keeps it.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text_null("last_check"), blob_null("sealed_secret")] {
            manager.alter_table(Table::alter().table("services").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
