//! Where everything is kept: SQLite or PostgreSQL, through sea-orm.
//!
//! Reads go through [`Store`]; every change goes through a [`UnitOfWork`],
//! whose commit takes the events that tell of it.

mod accounts;
mod backup;
mod batches;
mod canary;
mod changes;
mod claims;
mod cleanups;
mod connect;
mod drift;
mod entities;
mod erasure;
mod error;
mod events;
mod invitations;
mod ledger;
mod measure;
mod people;
mod plans;
mod queue;
mod reseal;
mod retention;
mod retirements;
mod retry_keys;
mod roles;
mod rows;
mod seals;
mod services;
mod sessions;
mod sweeps;
mod teams;
mod tokens;
mod unit_of_work;
mod upkeep;

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbBackend};

pub use accounts::Overdue;
pub use backup::BackupError;
pub use batches::BatchRow;
pub use changes::Change;
pub use claims::{Claim, ClaimKey, Term};
pub use connect::Location;
pub(crate) use connect::private_file;
pub use erasure::ErasedNames;
pub use error::StoreError;
pub use events::{Events, NewEvent};
pub use invitations::InvitationRow;
pub use measure::Measured;
pub use people::PersonRow;
pub use retention::Overripe;
pub use retirements::Holdings;
pub use retry_keys::Remembered;
pub use services::ServiceRow;
pub use sessions::Sessions;
pub use sweeps::SweepClaim;
pub use tokens::TokenRow;
pub use unit_of_work::UnitOfWork;

use self::changes::Changes;
use crate::world::World;

/// The database, and word of what changes in it.
#[derive(Clone, Debug)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
    world: World,
    changes: Changes,
    location: Arc<Location>,
}

impl Store {
    fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }
}
