//! Understudy's server: the use cases of [`domain::Portal`], what they stand
//! on, and the doors through which they are called.

pub mod audit;
pub mod cli;
pub mod config;
pub mod connectors;
mod crash;
pub mod directory;
pub mod handlers;
pub mod http;
pub mod identity;
mod metrics;
pub mod sandbox;
pub mod secrets;
pub mod store;
pub mod sweep;
mod usernames;
pub mod wiring;
pub mod worker;
pub mod world;
