//! A service's table as people fill it in.

use serde::{Deserialize, Serialize};

use crate::{problem::Problem, team::Team, time::Timestamp};

/// What a service's table says, as it is typed: what most services say by
/// field, and the rest as it stands in a service file.
///
/// A field that is empty is not given; the text may give it then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceForm {
    /// Its name in URLs and commands.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The team that it belongs to; empty for the one of all who have no other.
    pub team: String,
    /// Which of the operator's test environments it belongs to.
    pub environment: String,
    /// Where it is.
    pub base_url: String,
    /// Which preset drives it; empty for none.
    pub connector: String,
    /// Where its own secret is.
    pub secret: String,
    /// The lease where none is asked for.
    pub default_ttl: String,
    /// The longest lease.
    pub max_ttl: String,
    /// Who has to agree; empty for nobody.
    pub approval: String,
    /// How many accounts one person may hold at a time.
    pub max_active_per_person: String,
    /// How many calls may run at a time.
    pub concurrency: String,
    /// All else, in TOML: `[service.http.create]` and the like.
    pub toml: String,
}

impl ServiceForm {
    /// Whether the portal keeps the service's own secret.
    pub fn is_sealed(&self) -> bool {
        self.secret == "sealed"
    }
}

/// A service's table that is about to be filled in or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDraft {
    /// What it says at present.
    pub form: ServiceForm,
    /// When the service was last changed, where it is registered.
    pub seen: Option<Timestamp>,
    /// Why the portal cannot use what it says at present, if so.
    pub problem: Option<Problem>,
    /// The teams that there are.
    pub teams: Vec<Team>,
    /// The environments that the operator allows.
    pub environments: Vec<String>,
    /// The presets that there are.
    pub presets: Vec<&'static str>,
}
