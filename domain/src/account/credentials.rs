//! What a reveal hands out.

use serde::{Deserialize, Serialize};

use super::AccountView;
use crate::{secret::Secret, text::Slug};

/// The account's name and password. Whoever receives it has seen them: there
/// is an event for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// The identity's name.
    pub username: String,
    /// The identity's e-mail address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// What to sign in with on each service.
    pub services: Vec<ServiceCredentials>,
}

/// What to sign in with on one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceCredentials {
    /// The service's slug.
    pub service: Slug,
    /// The username there.
    pub username: String,
    /// The password, or what the service made itself.
    pub secret: Secret,
}

/// An account as it is handed to its requester.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedAccount {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// Its credentials, once it is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
}
