//! What is kept from cleanups are accounts, those that a run had when somebody
//! kept it, and no longer whatever has the run's name. Every creation that is
//! tried ends some time, also one that was begun before creations did; and why
//! it was given up stands apart from what its removal meets.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for step in [
            "ALTER TABLE accounts ADD COLUMN kept_until bigint",
            "UPDATE accounts SET kept_until = (SELECT r.keep_until FROM runs r WHERE r.name = run) \
             WHERE run IS NOT NULL AND ended_at IS NULL",
            "DROP TABLE runs",
            "ALTER TABLE enrollments ADD COLUMN failure text",
            "UPDATE accounts SET provision_by = created_at + 3600000 \
             WHERE state = 'provisioning' AND provision_by IS NULL",
        ] {
            manager.get_connection().execute_unprepared(step).await?;
        }
        Ok(())
    }
}
