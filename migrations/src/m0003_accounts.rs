//! Accounts, their labels, their sealed passwords and their enrollments.
//!
//! The enrollments are also the worker's queue: a row is due at
//! `next_attempt_at` unless somebody works on it until `claimed_until`.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_accounts(manager).await?;
        create_parts_of_accounts(manager).await?;
        create_enrollments(manager).await
    }
}

async fn create_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("accounts")
                .col(uuid("id").primary_key())
                .col(text_uniq("username"))
                .col(text("email"))
                .col(text("state"))
                .col(text_null("end_reason"))
                .col(text_null("purpose"))
                .col(text_null("ticket"))
                .col(text_null("run"))
                .col(text("attributes"))
                .col(text("requested_by_kind"))
                .col(text("requested_by_login"))
                .col(text_null("requested_by_token"))
                .col(uuid_null("requested_by_person_id"))
                .col(uuid_null("requested_by_token_id"))
                .col(text("holder"))
                .col(text("team"))
                .col(text_null("approved_by"))
                .col(big_integer("ttl"))
                .col(big_integer("created_at"))
                .col(big_integer_null("active_at"))
                .col(big_integer_null("expires_at"))
                .col(big_integer_null("ended_at"))
                .col(integer("version"))
                .to_owned(),
        )
        .await?;
    for column in ["holder", "requested_by_login", "team", "state", "run", "ticket"] {
        manager.create_index(index("accounts", &[column, "id"])).await?;
    }
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        // Names are searched by prefix, as a range; other collations skip
        // punctuation and would find nothing.
        db.execute_unprepared("ALTER TABLE accounts ALTER COLUMN username TYPE text COLLATE \"C\"").await?;
    }
    // Both hold living accounts only, so they do not grow with history.
    db.execute_unprepared(
        "CREATE INDEX accounts_leased ON accounts (expires_at) WHERE state IN ('active', 'frozen')",
    )
    .await?;
    db.execute_unprepared(
        "CREATE INDEX accounts_living_by_holder ON accounts (holder, id) WHERE ended_at IS NULL",
    )
    .await?;
    Ok(())
}

async fn create_parts_of_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_labels")
                .col(uuid("account_id"))
                .col(text("key"))
                .col(text("value"))
                .primary_key(Index::create().col("account_id").col("key"))
                .foreign_key(ForeignKey::create().from("account_labels", "account_id").to("accounts", "id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("account_labels", &["key", "value", "account_id"])).await?;
    manager
        .create_table(
            Table::create()
                .table("account_secrets")
                .col(uuid("account_id"))
                .col(integer("generation"))
                .col(blob("sealed"))
                .primary_key(Index::create().col("account_id").col("generation"))
                .foreign_key(ForeignKey::create().from("account_secrets", "account_id").to("accounts", "id"))
                .to_owned(),
        )
        .await
}

async fn create_enrollments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("enrollments")
                .col(uuid("id").primary_key())
                .col(uuid("account_id"))
                .col(integer("position"))
                .col(uuid("service_id"))
                .col(text("service"))
                .col(text("username"))
                .col(text("state"))
                .col(text_null("remote_id"))
                .col(integer("attempts"))
                .col(big_integer_null("next_attempt_at"))
                .col(text_null("last_error"))
                .col(integer_null("password_generation"))
                .col(big_integer_null("removed_at"))
                .col(text_null("proof"))
                .col(integer("claim").default(0))
                .col(big_integer_null("claimed_until"))
                .foreign_key(ForeignKey::create().from("enrollments", "account_id").to("accounts", "id"))
                .foreign_key(ForeignKey::create().from("enrollments", "service_id").to("services", "id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("enrollments", &["account_id", "position"])).await?;
    manager.create_index(index("enrollments", &["service", "account_id"])).await?;
    // Removed rows stay, so a name is never minted twice for a service.
    manager.create_index(index("enrollments", &["service_id", "username"]).unique().to_owned()).await?;
    manager
        .get_connection()
        .execute_unprepared(
            "CREATE INDEX enrollments_due ON enrollments (next_attempt_at) WHERE next_attempt_at IS NOT NULL",
        )
        .await?;
    Ok(())
}
