//! The way by which events come in: one row here is an envelope, its details,
//! the mark that it is not sealed yet, and on PostgreSQL a message, if there is
//! one, to whoever listens.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

pub(crate) const ENVELOPE: [&str; 16] = [
    "id",
    "at",
    "action",
    "actor_kind",
    "actor_login",
    "actor_token",
    "actor_person_id",
    "actor_token_id",
    "team",
    "subject",
    "account_id",
    "username",
    "service",
    "run",
    "request_id",
    "details_hash",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(manager, &ENVELOPE, "unsealed_events").await
    }
}

/// Makes the way in for envelopes of these columns, which wait in that table to
/// be sealed.
pub(crate) async fn make(manager: &SchemaManager<'_>, envelope: &[&str], queue: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared(
        "CREATE VIEW new_events AS SELECT e.*, d.salt, d.details, CAST(NULL AS text) AS message \
         FROM events e JOIN event_details d ON d.event_id = e.id",
    )
    .await?;
    let values: Vec<String> = envelope.iter().map(|column| format!("NEW.{column}")).collect();
    let (columns, values) = (envelope.join(", "), values.join(", "));
    let write = format!(
        "INSERT INTO events ({columns}) VALUES ({values}); \
         INSERT INTO event_details (event_id, salt, details) VALUES (NEW.id, NEW.salt, NEW.details); \
         INSERT INTO {queue} (event_id) VALUES (NEW.id);"
    );
    let tell = "IF NEW.message IS NOT NULL THEN PERFORM pg_notify('understudy', NEW.message); END IF;";
    let trigger = "CREATE TRIGGER new_events_write INSTEAD OF INSERT ON new_events FOR EACH ROW";
    if manager.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(&format!(
            "CREATE OR REPLACE FUNCTION write_event() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN {write} {tell} RETURN NEW; END $$"
        ))
        .await?;
        db.execute_unprepared(&format!("{trigger} EXECUTE FUNCTION write_event()")).await?;
    } else {
        db.execute_unprepared(&format!("{trigger} BEGIN {write} END")).await?;
    }
    Ok(())
}
