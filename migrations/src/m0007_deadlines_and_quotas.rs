//! Deadlines are found by themselves: a request has one while it waits for a
//! decision, a creation while it is tried, and no index has to ask for the
//! state besides. And what somebody holds on a service is counted off one
//! index, without a join; an account's labels stand in its own row, and
//! `account_labels` is what finds accounts by them.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let as_object = if manager.get_database_backend() == DbBackend::Postgres {
            "json_object_agg(l.key, l.value)::text"
        } else {
            "json_group_object(l.key, l.value)"
        };
        let labels = format!(
            "UPDATE accounts SET labels = (SELECT {as_object} FROM account_labels l WHERE l.account_id = id) \
             WHERE id IN (SELECT account_id FROM account_labels)"
        );
        for step in [
            "ALTER TABLE accounts ADD COLUMN labels text NOT NULL DEFAULT '{}'",
            &labels,
            "UPDATE accounts SET provision_by = NULL WHERE state <> 'provisioning'",
            "DROP INDEX accounts_waiting",
            "DROP INDEX accounts_provisioning",
            "CREATE INDEX accounts_waiting ON accounts (decide_by) WHERE decide_by IS NOT NULL",
            "CREATE INDEX accounts_provisioning ON accounts (provision_by) WHERE provision_by IS NOT NULL",
            "ALTER TABLE enrollments ADD COLUMN holder text NOT NULL DEFAULT ''",
            "UPDATE enrollments SET holder = (SELECT a.holder FROM accounts a WHERE a.id = account_id)",
            "CREATE INDEX enrollments_held ON enrollments (service_id, holder) WHERE removed_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(step).await?;
        }
        Ok(())
    }
}
