//! Getting in: signing in, one-time links, and sessions at browsers.

use serde::{Deserialize, Serialize};

use crate::{
    id::SessionId,
    people::Person,
    secret::Secret,
    text::Login,
    time::{Timestamp, Ttl},
};

/// Somebody asks to be let in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: Secret,
}

/// A one-time link by which somebody chooses a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// The page that it leads to, on this portal; never shown again.
    pub path: Secret,
    /// From when it is worth nothing.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// How long a link is good for.
    pub const GOOD_FOR: Ttl = Ttl::days(3);
}

/// For whom a one-time link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invitee {
    /// For whoever sets the portal up: the first admin, who chooses a login.
    FirstAdmin,
    /// For that person.
    Person(Login),
}

/// Somebody with a one-time link chooses a password.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AcceptInvitation {
    /// What makes up the link.
    pub code: Secret,
    /// The login that the first admin chooses; everybody else has one.
    pub login: String,
    /// The password.
    pub password: Secret,
}

/// Somebody chooses another password for themselves.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ChangePassword {
    /// The present one.
    pub current: Secret,
    /// The other one.
    pub password: Secret,
}

/// Under which names a session's data says whose it is.
pub mod session_keys {
    /// Its id as people see it.
    pub const ID: &str = "id";
    /// Whose it is.
    pub const PERSON: &str = "person";
    /// When it began, in milliseconds of Unix time.
    pub const BEGUN: &str = "begun";
    /// When it was last used, in milliseconds of Unix time.
    pub const LAST_USE: &str = "last_use";
    /// What the browser says that it is.
    pub const BROWSER: &str = "browser";
}

/// A session at a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id: not what the browser keeps as a secret.
    pub id: SessionId,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was last used, to the half hour.
    pub used_at: Timestamp,
    /// What the browser says that it is.
    pub browser: String,
}

/// A browser is sent to the organisation's provider.
#[derive(Clone, Debug)]
pub struct ProviderSignIn {
    /// Where to send it.
    pub url: String,
    /// What it is to bring back, sealed.
    pub attempt: Secret,
}

impl ProviderSignIn {
    /// How long the provider may take.
    pub const GOOD_FOR: Ttl = Ttl::minutes(15);
}

/// A browser comes back from the provider.
#[derive(Clone, Debug)]
pub struct ProviderAnswer {
    /// What it took there, sealed.
    pub attempt: Secret,
    /// The provider's state.
    pub state: String,
    /// The provider's code.
    pub code: Secret,
}

/// Somebody was let in, and goes on to that page.
#[derive(Clone, Debug)]
pub struct LetIn {
    /// Who.
    pub person: Person,
    /// The page that they had asked for.
    pub then: String,
}
