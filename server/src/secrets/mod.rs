//! Secrets: how they are made, sealed and checked.

pub mod account_password;
pub mod audit_key;
pub mod keyring;
pub mod one_time_code;
pub mod own_secret;
pub mod person_password;
pub mod private_file;
pub mod sealed_text;
pub mod service_secret;
pub mod token_text;
