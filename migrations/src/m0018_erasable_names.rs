//! Names in the audit that can be erased: an event is sealed with their salted
//! hashes. Erasing puts the hash in the place of the salt, and something else
//! in the place of the name; nothing else about an event can be changed.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::m0008_new_events;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What stays of an event whoever is erased.
pub(crate) const SEALED: [&str; 13] = [
    "id",
    "at",
    "action",
    "actor_kind",
    "actor_person_id",
    "actor_token_id",
    "team",
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
        for column in ["actor_salt", "actor_hash", "subject_salt", "subject_hash"] {
            let add = Table::alter().table("events").add_column(text_null(column)).to_owned();
            manager.alter_table(add).await?;
        }
        manager.get_connection().execute_unprepared("DROP VIEW new_events").await?;
        let envelope: Vec<&str> =
            m0008_new_events::ENVELOPE.into_iter().chain(["actor_salt", "subject_salt"]).collect();
        // Under another name, so that a process of before cannot seal by the names
        // themselves what is to be sealed by their hashes.
        let rename = Table::rename().table("unsealed_events", "events_to_seal").to_owned();
        manager.rename_table(rename).await?;
        m0008_new_events::make(manager, &envelope, "events_to_seal").await?;
        let erased = |name: &str| {
            format!("OLD.{name}_salt IS NOT NULL AND NEW.{name}_salt IS NULL AND NEW.{name}_hash IS NOT NULL")
        };
        allow_erasing(manager, &SEALED, [erased("actor"), erased("subject")]).await
    }
}

/// Lets names be erased, under these conditions, of who acted and of the
/// subject; what is sealed as it is stays.
pub(crate) async fn allow_erasing(
    manager: &SchemaManager<'_>,
    sealed: &[&str],
    [of_actor, of_subject]: [String; 2],
) -> Result<(), DbErr> {
    let same = |column: &str| format!("NEW.{column} IS NOT DISTINCT FROM OLD.{column}");
    let untouched =
        |columns: &[&str]| columns.iter().map(|column| same(column)).collect::<Vec<_>>().join(" AND ");
    let unless = |columns: &[&str], erased: &str| format!("({} OR ({erased}))", untouched(columns));
    let erasing = [
        untouched(sealed),
        unless(&["actor_login", "actor_token", "actor_salt", "actor_hash"], &of_actor),
        unless(&["subject", "subject_salt", "subject_hash"], &of_subject),
    ]
    .join(" AND ");
    let (drop, refuse) = if manager.get_database_backend() == DbBackend::Postgres {
        ("DROP TRIGGER events_refuse_update ON events", "EXECUTE FUNCTION refuse_change()")
    } else {
        (
            "DROP TRIGGER events_refuse_update",
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        )
    };
    let db = manager.get_connection();
    db.execute_unprepared(drop).await?;
    let trigger = format!(
        "CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events FOR EACH ROW WHEN (({erasing}) IS NOT TRUE) {refuse}"
    );
    db.execute_unprepared(&trigger).await?;
    Ok(())
}
