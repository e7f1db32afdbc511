//! People, roles and signing in.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::{
    id::PersonId,
    problem::{Checks, Problem},
    secret::Secret,
    text::Login,
    time::Timestamp,
};

/// What somebody may do; each role may do what the ones before it may.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Asks for accounts and holds them.
    Tester,
    /// Sees the team's accounts, may revoke them, and reads the audit.
    Manager,
    /// Everything, for everybody.
    Admin,
}

/// Somebody who can sign in. Holds no secret: the password's hash never
/// leaves the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The person's id.
    pub id: PersonId,
    /// The name to sign in by.
    pub login: Login,
    /// What the person may do.
    pub role: Role,
    /// The team, `default` unless said otherwise.
    pub team: String,
    /// When the person was added.
    pub created_at: Timestamp,
    /// Since when the person may no longer sign in.
    pub disabled_at: Option<Timestamp>,
}

/// The team of everybody and everything that has no other.
pub const DEFAULT_TEAM: &str = "default";

/// Somebody asks to be let in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SignIn {
    /// The login.
    pub login: String,
    /// The password.
    pub password: Secret,
}

/// Somebody is added who can sign in by password.
#[derive(Clone, Debug, Deserialize)]
pub struct AddPerson {
    /// The login, in lower case.
    pub login: String,
    /// The role.
    pub role: Role,
    /// The first password: 5 to 1024 characters.
    pub password: Secret,
}

impl AddPerson {
    /// The shortest password, in characters.
    pub const SHORTEST_PASSWORD: usize = 5;
    /// The longest password, in bytes.
    pub const LONGEST_PASSWORD: usize = 1024;

    /// Checks the fields and answers the login.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<Login, Problem> {
        let mut checks = Checks::new();
        let login = checks.field("/login", self.login.parse::<Login>());
        checks.field("/password", Self::check_password(&self.password));
        checks.finish()?;
        login.ok_or_else(Problem::internal)
    }

    /// Whether somebody can have that password.
    ///
    /// # Errors
    /// A sentence's end that says what is wrong with it.
    pub fn check_password(password: &Secret) -> Result<(), String> {
        let password = password.expose();
        if password.chars().count() < Self::SHORTEST_PASSWORD {
            return Err(format!("must have at least {} characters", Self::SHORTEST_PASSWORD));
        }
        if password.len() > Self::LONGEST_PASSWORD {
            return Err(format!("must have at most {} bytes", Self::LONGEST_PASSWORD));
        }
        Ok(())
    }
}
