//! Who somebody else vouches for: the organisation's provider (OpenID Connect)
//! for people, and CI providers for their runs.

mod ci;
mod claims;
mod http;
mod keys;
mod provider;

pub use self::{
    ci::{CiIssuer, CiRule, RunClaims, RunIdentities, Unproven},
    claims::Claims,
    provider::{Attempt, CALLBACK, NotProvided, Provided, Provider, ProviderSettings},
};
