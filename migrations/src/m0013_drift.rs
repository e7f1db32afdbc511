//! Where services and the ledger differ, when each service was last swept, and
//! which of the names that were given to a service never were ours there.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tell_strangers_apart(manager).await?;
        create_sweeps(manager).await?;
        create_drift(manager).await
    }
}

async fn tell_strangers_apart(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let column = boolean("not_ours").default(false).to_owned();
    manager.alter_table(Table::alter().table("enrollments").add_column(column).to_owned()).await?;
    // Until now only the proof said so.
    let known_by_their_proof = "UPDATE enrollments SET not_ours = TRUE WHERE removed_at IS NOT NULL \
         AND (proof = 'nothing was ever sent to the service' OR proof LIKE '%; it belongs to somebody else')";
    manager.get_connection().execute_unprepared(known_by_their_proof).await?;
    Ok(())
}

async fn create_sweeps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sweeps")
                .col(uuid("service_id").primary_key())
                .col(integer("number"))
                .col(big_integer("begun_at"))
                .col(big_integer_null("claimed_until"))
                .col(big_integer_null("swept_at"))
                .col(text_null("problem"))
                .foreign_key(ForeignKey::create().from("sweeps", "service_id").to("services", "id"))
                .to_owned(),
        )
        .await
}

async fn create_drift(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("drift")
                .col(uuid("id").primary_key())
                .col(uuid("service_id"))
                .col(text("service"))
                .col(text("kind"))
                .col(text("state"))
                .col(text("username"))
                .col(text_null("remote_id"))
                .col(uuid_null("account_id"))
                .col(boolean("minted"))
                .col(big_integer("first_seen"))
                .col(big_integer("last_seen"))
                .col(integer("sweeps"))
                .col(big_integer_null("closed_at"))
                .foreign_key(ForeignKey::create().from("drift", "service_id").to("services", "id"))
                .to_owned(),
        )
        .await?;
    for index in [
        "UNIQUE INDEX drift_standing ON drift (service_id, kind, username) WHERE closed_at IS NULL",
        "INDEX drift_shown ON drift (id) WHERE state = 'open' AND sweeps >= 2",
        "INDEX drift_closed ON drift (service_id, closed_at) WHERE closed_at IS NOT NULL",
    ] {
        manager.get_connection().execute_unprepared(&format!("CREATE {index}")).await?;
    }
    Ok(())
}
