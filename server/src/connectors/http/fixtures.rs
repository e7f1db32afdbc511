//! What several tests need.

use domain::{id::AccountId, secret::Secret};
use uuid::Uuid;

use crate::connectors::Identity;

/// An account.
pub fn identity() -> Identity {
    Identity {
        account_id: AccountId(Uuid::from_u128(7)),
        username: "test_abcdefgh".to_owned(),
        email: "test_abcdefgh@example.org".to_owned(),
        password: Secret::new("s3cret-Passw0rd".to_owned()),
        own_secret: None,
        attributes: [("team".to_owned(), "blue".to_owned())].into(),
        remote_id: None,
    }
}
