//! Whoever froze an account decides when that ends; a cleanup tells what it
//! spared; and an account knows the batch that it was asked for with, so that
//! somebody can decide on the whole.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("accounts", text_null("frozen_by")),
            ("accounts", uuid_null("batch_id")),
            ("batches", big_integer("kept").default(0).to_owned()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let of_creations = "UPDATE accounts SET batch_id = i.batch_id FROM batch_items i \
             JOIN batches b ON b.id = i.batch_id WHERE i.account_id = accounts.id AND b.kind = 'create'";
        let who_froze = "UPDATE accounts SET frozen_by = (SELECT e.actor_login FROM events e \
             WHERE e.account_id = accounts.id AND e.action = 'account_frozen' ORDER BY e.id DESC LIMIT 1) \
             WHERE state = 'frozen'";
        let index =
            "CREATE INDEX accounts_waiting_of_batch ON accounts (batch_id, id) WHERE state = 'requested'";
        for step in [of_creations, who_froze, index] {
            manager.get_connection().execute_unprepared(step).await?;
        }
        Ok(())
    }
}
