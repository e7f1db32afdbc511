//! The words of Understudy and what can be done with them.
//!
//! Everything here is pure: no I/O, no clock, no randomness. It compiles for
//! the server and for the browser alike, so that both doors and every page
//! speak of the same accounts, problems and commands.

pub mod access;
pub mod account;
pub mod actor;
pub mod audit;
pub mod batch;
pub mod check;
pub mod command;
pub mod drift;
pub mod id;
pub mod page;
pub mod people;
mod plainly;
pub mod policy;
pub mod portal;
pub mod problem;
pub mod secret;
pub mod service;
pub mod team;
pub mod text;
pub mod time;
pub mod token;
pub mod upkeep;

pub use account::{Account, AccountState, EndReason, Enrollment, EnrollmentState, Work};
pub use actor::Actor;
pub use plainly::plainly;
pub use portal::Portal;
pub use problem::{Problem, ProblemKind};
pub use time::{Timestamp, Ttl};
