//! Where everything is kept: SQLite or PostgreSQL, through sea-orm.
//!
//! Reads go through [`Store`]; every change goes through a [`UnitOfWork`],
//! whose commit takes the events that tell of it.

mod accounts;
mod canary;
mod connect;
mod entities;
mod error;
mod events;
mod people;
mod queue;
mod rows;
mod seals;
mod services;
mod sessions;
mod tokens;
mod unit_of_work;

use std::sync::Arc;

use domain::id::AccountId;
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::broadcast;

pub use connect::Location;
pub use error::StoreError;
pub use events::{Events, NewEvent};
pub use people::PersonRow;
pub use queue::Claim;
pub use services::ServiceRow;
pub use sessions::Sessions;
pub use tokens::TokenRow;
pub use unit_of_work::UnitOfWork;

use crate::world::World;

/// The database, and word of what changes in it.
#[derive(Clone, Debug)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
    world: World,
    changes: broadcast::Sender<Change>,
    location: Arc<Location>,
}

/// Something was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The account that it concerns, if it concerns one.
    pub account: Option<AccountId>,
}

impl Store {
    /// Word of every commit of this process, from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }
}
