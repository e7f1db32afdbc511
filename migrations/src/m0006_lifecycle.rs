//! What the life of accounts needs beyond creating and removing: decisions,
//! resets, freezing, batches, runs that are kept, repeated requests, and the
//! pause that a jump of the clock causes.

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
        extend_accounts(manager).await?;
        create_batches(manager).await?;
        create_the_rest(manager).await?;
        // The one that there was before would have to compete with others by the state.
        manager.get_connection().execute_unprepared("DROP INDEX accounts_leased").await?;
        // All of them hold living things only, so they do not grow with history.
        for index in [
            "accounts_leased ON accounts (expires_at) WHERE end_reason IS NULL",
            "accounts_waiting ON accounts (decide_by) WHERE state = 'requested'",
            "accounts_provisioning ON accounts (provision_by) WHERE state = 'provisioning'",
            "accounts_living_by_requester ON accounts (requested_by_login, id) WHERE ended_at IS NULL",
            "accounts_living_by_username ON accounts (username) WHERE ended_at IS NULL",
            "enrollments_living_by_service ON enrollments (service, state, account_id) WHERE removed_at IS NULL",
            "enrollments_removing ON enrollments (id) WHERE state = 'removing'",
            "enrollments_due_by_service ON enrollments (service_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL",
            "batch_items_waiting ON batch_items (batch_id, account_id) WHERE NOT begun",
        ] {
            manager.get_connection().execute_unprepared(&format!("CREATE INDEX {index}")).await?;
        }
        Ok(())
    }
}

async fn extend_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = [
        ("accounts", text_null("handing_to")),
        ("accounts", text_null("decision_reason")),
        ("accounts", integer("password_generation").default(1).to_owned()),
        ("accounts", big_integer_null("decide_by")),
        ("accounts", big_integer_null("provision_by")),
        ("enrollments", boolean_null("disabled").default(false).to_owned()),
        ("enrollments", big_integer_null("unsettled_until")),
        ("enrollments", big_integer_null("removing_since")),
    ];
    for (table, column) in columns {
        manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
    }
    Ok(())
}

async fn create_batches(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("batches")
                .col(uuid("id").primary_key())
                .col(text("kind"))
                .col(text("requested_by_kind"))
                .col(text("requested_by_login"))
                .col(text_null("requested_by_token"))
                .col(uuid_null("requested_by_person_id"))
                .col(uuid_null("requested_by_token_id"))
                .col(text("team"))
                .col(text("command"))
                .col(big_integer("created_at"))
                .to_owned(),
        )
        .await?;
    for column in ["requested_by_login", "team"] {
        manager.create_index(index("batches", &[column, "id"])).await?;
    }
    manager
        .create_table(
            Table::create()
                .table("batch_items")
                .col(uuid("batch_id"))
                .col(uuid("account_id"))
                .col(boolean("begun"))
                .primary_key(Index::create().col("batch_id").col("account_id"))
                .foreign_key(ForeignKey::create().from("batch_items", "batch_id").to("batches", "id"))
                .foreign_key(ForeignKey::create().from("batch_items", "account_id").to("accounts", "id"))
                .to_owned(),
        )
        .await
}

async fn create_the_rest(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("runs")
                .col(text("name").primary_key())
                .col(big_integer("keep_until"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("retry_keys")
                .col(uuid("token_id"))
                .col(text("target"))
                .col(text("key"))
                .col(text("body_hash"))
                .col(text("request_id"))
                .col(uuid_null("made"))
                .col(big_integer("created_at"))
                .primary_key(Index::create().col("token_id").col("target").col("key"))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("retry_keys", &["created_at"])).await?;
    manager
        .create_table(
            Table::create()
                .table("expiry_pause")
                .col(integer("id").primary_key())
                .col(big_integer("jumped_by_secs"))
                .col(big_integer("since"))
                .col(big_integer("until"))
                .to_owned(),
        )
        .await
}
