//! People, roles and signing in.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

pub use crate::team::DEFAULT_TEAM;
use crate::{
    access::Invitation,
    audit::given,
    id::PersonId,
    problem::{Checks, Problem},
    secret::Secret,
    text::{Login, Slug},
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
    /// How the person can sign in; a person of CI's cannot.
    #[serde(default)]
    pub signs_in_by: Vec<SignInBy>,
    /// When the person was added.
    pub created_at: Timestamp,
    /// Since when the person may no longer sign in.
    pub disabled_at: Option<Timestamp>,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInBy {
    /// With a password.
    Password,
    /// Through the organisation's own provider (OpenID Connect).
    Provider,
}

/// The shortest password that an admin may give, in characters.
pub const SHORTEST_PASSWORD: usize = 5;
/// The longest password, in bytes.
pub const LONGEST_PASSWORD: usize = 1024;

/// Whether an admin may give somebody that password.
///
/// # Errors
/// A sentence's end that says what is wrong with it.
pub fn check_password(password: &Secret) -> Result<(), String> {
    let password = password.expose();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(format!("must have at least {SHORTEST_PASSWORD} characters"));
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(format!("must have at most {LONGEST_PASSWORD} bytes"));
    }
    Ok(())
}

/// Somebody is added who can sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPerson {
    /// The login: lower-case letters, digits and `. _ @ + -`, at most 64.
    pub login: String,
    /// The role: `tester`, `manager` or `admin`.
    pub role: String,
    /// The team, by slug; `default` where it is left out.
    #[serde(default)]
    pub team: Option<String>,
    /// The first password: 5 to 1024 characters. Where it is left out, the
    /// answer has a one-time link by which the person chooses one.
    #[serde(default)]
    pub password: Option<Secret>,
}

/// A checked [`AddPerson`].
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The login.
    pub login: Login,
    /// The role.
    pub role: Role,
    /// The team; whether there is one by that slug is not known yet.
    pub team: Slug,
}

impl AddPerson {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<NewPerson, Problem> {
        let mut checks = Checks::new();
        let login = checks.field("/login", self.login.parse::<Login>());
        let role = checks.field("/role", parse_role(&self.role));
        let team = given(&self.team).unwrap_or(DEFAULT_TEAM);
        let team = checks.field("/team", team.parse::<Slug>());
        checks.optional("/password", self.password.as_ref().map(check_password));
        checks.finish()?;
        let (login, role) = login.zip(role).ok_or_else(Problem::internal)?;
        Ok(NewPerson { login, role, team: team.ok_or_else(Problem::internal)? })
    }
}

/// Somebody who was just added.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddedPerson {
    /// The person.
    #[serde(flatten)]
    pub person: Person,
    /// The link by which they choose a password, where they have none; never
    /// again after the first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
}

/// What is to change of somebody; what is left out stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// The role: `tester`, `manager` or `admin`.
    #[serde(default)]
    pub role: Option<String>,
    /// The team, by slug. What they hold stays with the team for which it was
    /// asked for.
    #[serde(default)]
    pub team: Option<String>,
    /// Whether the person is shut out.
    #[serde(default)]
    pub disabled: Option<bool>,
    /// Another password; it ends their sessions.
    #[serde(default)]
    pub password: Option<Secret>,
}

/// A checked [`ChangePerson`].
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    /// The role.
    pub role: Option<Role>,
    /// The team; whether there is one by that slug is not known yet.
    pub team: Option<Slug>,
}

impl ChangePerson {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<PersonChange, Problem> {
        let mut checks = Checks::new();
        let role = checks.optional("/role", given(&self.role).map(parse_role));
        let team = checks.optional("/team", given(&self.team).map(str::parse));
        checks.optional("/password", self.password.as_ref().map(check_password));
        checks.finish()?;
        Ok(PersonChange { role, team })
    }
}

fn parse_role(text: &str) -> Result<Role, &'static str> {
    text.trim().parse().map_err(|_| "must be tester, manager or admin")
}
