//! Teams: to them belong people, services and accounts.

use serde::{Deserialize, Serialize};

use crate::{
    problem::{Checks, Problem},
    text::{Name, Slug},
    time::Timestamp,
};

/// The team of everybody and everything that has no other. Its services are
/// everybody's.
pub const DEFAULT_TEAM: &str = "default";

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Its name in settings, service files and commands.
    pub slug: Slug,
    /// What people call it.
    pub name: Name,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Team {
    /// Whether everybody and everything belongs to it that has no other.
    pub fn is_default(&self) -> bool {
        self.slug.as_str() == DEFAULT_TEAM
    }
}

/// A team is added.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddTeam {
    /// Its name in settings, service files and commands: lower-case letters,
    /// digits and hyphens, at most 63.
    pub slug: String,
    /// What people call it; the slug, where nothing else is given.
    #[serde(default)]
    pub name: Option<String>,
}

impl AddTeam {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<(Slug, Name), Problem> {
        let mut checks = Checks::new();
        let slug = checks.field("/slug", self.slug.parse::<Slug>());
        let name = match self.name.as_deref().filter(|name| !name.trim().is_empty()) {
            Some(name) => checks.field("/name", name.parse::<Name>()),
            // What is wrong with the slug is said once.
            None => self.slug.parse().ok(),
        };
        checks.finish()?;
        slug.zip(name).ok_or_else(Problem::internal)
    }
}

/// A team is to be called something else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeTeam {
    /// What people call it.
    pub name: String,
}

impl ChangeTeam {
    /// Checks the field.
    ///
    /// # Errors
    /// It can be nobody's name.
    pub fn parse(&self) -> Result<Name, Problem> {
        self.name.parse::<Name>().map_err(|error| Problem::invalid("/name", error.to_string()))
    }
}
