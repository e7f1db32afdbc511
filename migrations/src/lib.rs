//! The database's shape, step by step: one file a step, the same for SQLite
//! and PostgreSQL.
//!
//! A step is a transaction, so it is there wholly or not at all. One that has
//! been released never changes. The next one adds to it; from 1.0 on in such a
//! way that the version before can still run beside it (expand first, contract
//! in a later release).

mod m0001_people;
mod m0002_services;
mod m0003_accounts;
mod m0004_events;
mod m0005_keyring;
mod m0006_lifecycle;
mod m0007_deadlines_and_quotas;
mod m0008_new_events;
mod m0009_kept_accounts;
mod m0010_decisions;
mod m0011_service_states;
mod m0012_own_secrets;
mod m0013_drift;
mod m0014_checks;
mod m0015_teams;
mod m0016_access;
mod m0017_bound_tokens;
mod m0018_erasable_names;
mod m0019_erasing;

use sea_orm_migration::prelude::*;

/// All steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_services::Migration),
            Box::new(m0003_accounts::Migration),
            Box::new(m0004_events::Migration),
            Box::new(m0005_keyring::Migration),
            Box::new(m0006_lifecycle::Migration),
            Box::new(m0007_deadlines_and_quotas::Migration),
            Box::new(m0008_new_events::Migration),
            Box::new(m0009_kept_accounts::Migration),
            Box::new(m0010_decisions::Migration),
            Box::new(m0011_service_states::Migration),
            Box::new(m0012_own_secrets::Migration),
            Box::new(m0013_drift::Migration),
            Box::new(m0014_checks::Migration),
            Box::new(m0015_teams::Migration),
            Box::new(m0016_access::Migration),
            Box::new(m0017_bound_tokens::Migration),
            Box::new(m0018_erasable_names::Migration),
            Box::new(m0019_erasing::Migration),
        ]
    }
}

/// An index over columns, in that order.
fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
