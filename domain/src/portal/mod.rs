//! Everything that the portal can do: the one list of it.
//!
//! Pages, JSON API and command line call these and nothing else. Each method
//! first asks [`policy`](crate::policy), then parses, then acts; what it
//! changes and the events that tell of it are committed together.

mod access;
mod accounts;
mod audit;
mod batches;
mod drift;
mod people;
mod services;
mod teams;
mod tokens;
mod upkeep;

pub use self::{
    access::Access,
    accounts::Accounts,
    audit::Audit,
    batches::Batches,
    drift::Drift,
    people::People,
    services::{Applied, Services},
    teams::Teams,
    tokens::Tokens,
    upkeep::Upkeep,
};

/// The whole portal.
pub trait Portal:
    Accounts + Batches + Services + Access + People + Teams + Tokens + Audit + Upkeep + Drift
{
}

impl<T: Accounts + Batches + Services + Access + People + Teams + Tokens + Audit + Upkeep + Drift> Portal
    for T
{
}
