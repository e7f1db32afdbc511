//! The audit trail.
//!
//! `events` holds envelopes, for good. Their details stand apart, so that
//! they can be erased one day: the envelope keeps only their salted hash.
//! `seals` chains the envelopes in the order of sealing; `unsealed_events`
//! holds those that are not chained yet.

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
        create_tables(manager).await?;
        for column in
            ["at", "account_id", "actor_login", "action", "subject", "username", "service", "run", "team"]
        {
            manager.create_index(index("events", &[column, "id"])).await?;
        }
        make_append_only(manager).await
    }
}

async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("events")
                .col(uuid("id").primary_key())
                .col(big_integer("at"))
                .col(text("action"))
                .col(text("actor_kind"))
                .col(text("actor_login"))
                .col(text_null("actor_token"))
                .col(uuid_null("actor_person_id"))
                .col(uuid_null("actor_token_id"))
                .col(text_null("team"))
                .col(text_null("subject"))
                .col(uuid_null("account_id"))
                .col(text_null("username"))
                .col(text_null("service"))
                .col(text_null("run"))
                .col(text_null("request_id"))
                .col(text("details_hash"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("event_details")
                .col(uuid("event_id").primary_key())
                .col(text("salt"))
                .col(text("details"))
                .foreign_key(ForeignKey::create().from("event_details", "event_id").to("events", "id"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("seals")
                .col(big_integer("seq").primary_key())
                .col(uuid_uniq("event_id"))
                .col(text("hash"))
                .foreign_key(ForeignKey::create().from("seals", "event_id").to("events", "id"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("unsealed_events")
                .col(uuid("event_id").primary_key())
                .foreign_key(ForeignKey::create().from("unsealed_events", "event_id").to("events", "id"))
                .to_owned(),
        )
        .await
}

/// Details may be deleted (that is erasure), but never rewritten.
const FORBIDDEN: [(&str, &str); 5] = [
    ("events", "UPDATE"),
    ("events", "DELETE"),
    ("seals", "UPDATE"),
    ("seals", "DELETE"),
    ("event_details", "UPDATE"),
];

async fn make_append_only(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    if postgres {
        db.execute_unprepared(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        )
        .await?;
    }
    for (table, change) in FORBIDDEN {
        let name = format!("{table}_refuse_{}", change.to_lowercase());
        let trigger = if postgres {
            format!(
                "CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        } else {
            format!(
                "CREATE TRIGGER {name} BEFORE {change} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            )
        };
        db.execute_unprepared(&trigger).await?;
    }
    if postgres {
        for table in ["events", "seals"] {
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            ))
            .await?;
        }
    }
    Ok(())
}
