//! The canary: a sealed text that only the right key ring opens.

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
                    .table("keyring_canary")
                    .col(integer("id").primary_key())
                    .col(blob("sealed"))
                    .to_owned(),
            )
            .await
    }
}
