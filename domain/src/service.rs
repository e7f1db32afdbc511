//! Services: where test accounts can be created, and on which terms.

mod form;
mod persona;
mod state;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

pub use self::form::{ServiceDraft, ServiceForm};
pub use self::persona::{Persona, Traits};
pub use self::state::{RetireService, ServiceState, Standing, StandingError};
use crate::{
    check::ServiceCheck,
    drift::LastSweep,
    id::{BatchId, ServiceId},
    team::DEFAULT_TEAM,
    text::{MintedPrefix, Name, Slug},
    time::{Timestamp, Ttl},
};

/// Whether a request for an account waits for a manager.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Approval {
    /// Granted at once.
    #[default]
    Auto,
    /// A manager has to agree.
    Manager,
}

/// A set of characters that a password draws from, and must contain one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CharacterClass {
    /// `a`–`z`
    Lower,
    /// `A`–`Z`
    Upper,
    /// `0`–`9`
    Digit,
    /// `!#$%*+-.:=?@^_~`
    Symbol,
}

impl CharacterClass {
    /// The characters.
    pub const fn characters(self) -> &'static str {
        match self {
            Self::Lower => "abcdefghijklmnopqrstuvwxyz",
            Self::Upper => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Digit => "0123456789",
            Self::Symbol => "!#$%*+-.:=?@^_~",
        }
    }
}

/// What a service wants of a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// How many characters: 12 to 128.
    pub length: u16,
    /// From which classes; at least one character of each.
    pub classes: Vec<CharacterClass>,
}

impl PasswordPolicy {
    /// The shortest and the longest length that a service may ask for.
    pub const LENGTHS: std::ops::RangeInclusive<u16> = 12..=128;
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            length: 24,
            classes: vec![CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit],
        }
    }
}

/// The terms on which a service gives accounts out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The lease where none is asked for.
    pub default_ttl: Ttl,
    /// The longest lease.
    pub max_ttl: Ttl,
    /// Whether a manager has to agree.
    pub approval: Approval,
    /// How long a request waits for a manager before it lapses.
    pub request_for: Ttl,
    /// How long a creation is tried for, from the request or its approval on.
    pub provision_within: Ttl,
    /// How many accounts one person may hold at a time.
    pub max_active_per_person: u32,
    /// How the names of accounts begin.
    pub username_prefix: MintedPrefix,
    /// What passwords look like.
    pub password: PasswordPolicy,
    /// How many calls may run at a time.
    pub concurrency: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            default_ttl: Ttl::hours(1),
            max_ttl: Ttl::days(7),
            approval: Approval::Auto,
            request_for: Ttl::days(7),
            provision_within: Ttl::minutes(10),
            max_active_per_person: 100,
            username_prefix: MintedPrefix::default(),
            password: PasswordPolicy::default(),
            concurrency: 16,
        }
    }
}

/// A registered service as it is shown: its secret never comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// The service's id.
    pub id: ServiceId,
    /// Its name in URLs and commands.
    pub slug: Slug,
    /// What people call it.
    pub name: Name,
    /// The team that it belongs to.
    pub team: String,
    /// The other teams whose people may ask for accounts there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<Slug>,
    /// Which of the operator's test environments it belongs to.
    pub environment: String,
    /// Where it is.
    pub base_url: String,
    /// Which preset drives it, or `http`.
    pub connector: String,
    /// On which terms accounts are given out.
    pub policy: Policy,
    /// What accounts have there beside a name and a password.
    #[serde(flatten)]
    pub traits: Traits,
    /// What the connector can do there: what its definition declares, but for
    /// what a check has disproved.
    pub capabilities: Vec<Capability>,
    /// Whether it has a secret that the portal is to keep, and was not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret_missing: bool,
    /// What came of trying it out, since it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<ServiceCheck>,
    /// Whether it gives accounts out.
    #[serde(default)]
    pub state: ServiceState,
    /// Since when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_since: Option<Timestamp>,
    /// Why it does not, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The cleanup that takes away what it holds, while it is retiring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup: Option<BatchId>,
    /// Since when it has not answered; while it does not, it is asked now and
    /// then, and what is to be done there waits. As the process finds that
    /// was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_since: Option<Timestamp>,
    /// When its accounts were last compared with the ledger; only where it can
    /// list them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sweep: Option<LastSweep>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Service {
    /// Whether people of that team may ask for accounts there. What belongs to
    /// the team of those who have no other is everybody's.
    pub fn is_open_to(&self, team: &str) -> bool {
        let is_shared = || self.shared_with.iter().any(|shared| shared.as_str() == team);
        self.team == team || self.is_everybody_s() || is_shared()
    }

    /// Whether it belongs to no team in particular.
    pub fn is_everybody_s(&self) -> bool {
        self.team == DEFAULT_TEAM
    }
}

/// Something that a connector can do on a service.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Capability {
    /// Create an account.
    Create,
    /// Check that its login works.
    Verify,
    /// Give it another password.
    Reset,
    /// Let nobody sign in with it for the time being.
    Disable,
    /// Let it be used again.
    Enable,
    /// Delete it.
    Delete,
    /// Look whether it is really gone.
    Gone,
    /// List the accounts that the service has.
    List,
    /// Have the service say that it is a test target.
    Attest,
}

impl Capability {
    /// Whether a service that can do these can disable an account for a while
    /// and enable it again.
    pub fn can_freeze(offered: &[Self]) -> bool {
        let back = [Self::Enable, Self::Reset].iter().any(|way| offered.contains(way));
        offered.contains(&Self::Disable) && back
    }
}

/// Makes base URLs comparable: lower-case scheme and host, no default port,
/// no trailing slash, no query, fragment or user.
///
/// `None` where the text is no absolute http or https URL.
pub fn normalise_base_url(text: &str) -> Option<String> {
    let mut url = url::Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    Some(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_that_mean_the_same_compare_equal() {
        for text in ["http://LOCALHOST:80/api/", "http://localhost/api", " http://localhost/api//?x=1#y "] {
            assert_eq!(normalise_base_url(text).as_deref(), Some("http://localhost/api"), "{text}");
        }
    }

    #[test]
    fn what_is_no_http_url_has_no_base() {
        for text in [
            "",
            "localhost:4010",
            "ftp://localhost",
            "file:///etc/passwd",
            "http://user@host/",
            "http://user:pw@host/",
        ] {
            assert_eq!(normalise_base_url(text), None, "{text}");
        }
    }
}
