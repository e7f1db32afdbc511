//! People, their browser sessions and their API tokens.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

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
                    .table("people")
                    .col(uuid("id").primary_key())
                    .col(text_uniq("login"))
                    .col(text("role"))
                    .col(text("team"))
                    .col(text_null("password_hash"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("disabled_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(text("id_hash").primary_key())
                    .col(text("data"))
                    .col(big_integer("expires_at"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("sessions", &["expires_at"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("tokens")
                    .col(uuid("id").primary_key())
                    .col(uuid("owner_id"))
                    .col(text("name"))
                    .col(text("scopes"))
                    .col(text_uniq("hash"))
                    .col(uuid_null("issued_by"))
                    .col(big_integer("created_at"))
                    .col(big_integer("expires_at"))
                    .col(big_integer_null("revoked_at"))
                    .foreign_key(ForeignKey::create().from("tokens", "owner_id").to("people", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("tokens", &["issued_by"])).await?;
        manager.create_index(index("tokens", &["owner_id", "id"])).await
    }
}
