//! Who was erased, and whom an event is about by id, so that no name is erased
//! but theirs; and of which accounts and batches was forgotten what people wrote
//! about them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{m0008_new_events, m0018_erasable_names};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Also sealed of an event.
const SUBJECT_PERSON: &str = "subject_person_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("events", uuid_null(SUBJECT_PERSON)),
            ("people", big_integer_null("erased_at")),
            ("accounts", big_integer_null("forgotten_at")),
            ("batches", big_integer_null("forgotten_at")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared("DROP VIEW new_events").await?;
        let more = ["actor_salt", "subject_salt", SUBJECT_PERSON];
        let envelope: Vec<&str> = m0008_new_events::ENVELOPE.into_iter().chain(more).collect();
        // Under another name, as a process of before seals without whom it is about.
        let rename = Table::rename().table("events_to_seal", "seal_queue").to_owned();
        manager.rename_table(rename).await?;
        m0008_new_events::make(manager, &envelope, "seal_queue").await?;
        let erased = "UPDATE people SET erased_at = disabled_at WHERE login LIKE 'erased-%'";
        manager.get_connection().execute_unprepared(erased).await?;
        let sealed: Vec<&str> = m0018_erasable_names::SEALED.into_iter().chain([SUBJECT_PERSON]).collect();
        let erased = |name: &str, with: &str| {
            format!(
                "OLD.{name}_salt IS NOT NULL AND NEW.{name}_salt IS NULL AND NEW.{name}_hash IS NOT NULL AND {with}"
            )
        };
        let of_actor = erased("actor", "NEW.actor_login LIKE 'erased-%' AND NEW.actor_token IS NULL");
        let of_subject =
            erased("subject", "NEW.subject LIKE 'erased-%' AND NEW.subject_person_id IS NOT NULL");
        m0018_erasable_names::allow_erasing(manager, &sealed, [of_actor, of_subject]).await
    }
}
