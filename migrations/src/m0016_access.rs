//! Ways in: sessions that their owner can see and end, one-time links, and
//! sign-in through a provider. Whoever was signed in signs in again.

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
        create_sessions(manager).await?;
        create_invitations(manager).await?;
        for column in [text_null("provider"), text_null("provider_subject")] {
            manager.alter_table(Table::alter().table("people").add_column(column).to_owned()).await?;
        }
        let by_subject = index("people", &["provider", "provider_subject"]).unique().to_owned();
        manager.create_index(by_subject).await
    }
}

async fn create_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.drop_table(Table::drop().table("sessions").to_owned()).await?;
    manager
        .create_table(
            Table::create()
                .table("sessions")
                .col(text("id_hash").primary_key())
                .col(uuid_null("id"))
                .col(uuid_null("person_id"))
                .col(big_integer_null("begun_at"))
                .col(big_integer_null("used_at"))
                .col(text_null("browser"))
                .col(text("data"))
                .col(big_integer("expires_at"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("sessions", &["expires_at"])).await?;
    manager.create_index(index("sessions", &["person_id"])).await
}

async fn create_invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("invitations")
                .col(text("code_hash").primary_key())
                .col(uuid_null("person_id"))
                .col(big_integer("expires_at"))
                .foreign_key(ForeignKey::create().from("invitations", "person_id").to("people", "id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("invitations", &["person_id"])).await
}
