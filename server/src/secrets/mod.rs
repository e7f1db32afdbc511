//! Secrets: how they are made, sealed and checked.

pub mod account_password;
pub mod keyring;
pub mod own_secret;
pub mod person_password;
pub mod service_secret;
pub mod token_text;
