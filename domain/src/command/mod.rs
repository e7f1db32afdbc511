//! What can be asked of the portal about accounts.
//!
//! Commands come in as they were written, and are parsed where they are
//! carried out: so every door reports the same fields in the same words, and
//! nobody learns from a field error what they were not allowed to ask.

mod list_accounts;
mod request_account;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    list_accounts::{AccountFilter, ListAccounts},
    request_account::{AccountRequest, RequestAccount},
};
use crate::{
    audit::given,
    problem::{Checks, Problem},
    text::{Login, Reason},
    time::{Ttl, TtlText},
};

/// A lease is to become longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenewAccount {
    /// How long it is to last from now; it never becomes shorter.
    pub ttl: TtlText,
}

impl RenewAccount {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names the field that cannot be accepted.
    pub fn parse(&self) -> Result<Ttl, Problem> {
        if is_blank(&self.ttl) {
            return Err(Problem::invalid("/ttl", "must say how long from now, such as 30m, 2h or 7d"));
        }
        self.ttl.parse().map_err(|error| Problem::invalid("/ttl", error.to_string()))
    }
}

/// Whether nothing was written, as forms send it.
pub(crate) fn is_blank(ttl: &TtlText) -> bool {
    matches!(ttl, TtlText::Text(text) if text.trim().is_empty())
}

/// Somebody decides on a request, or freezes an account: why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    /// Why; at most 500 characters.
    #[serde(default)]
    pub reason: Option<String>,
}

impl WithReason {
    /// Checks the fields; an empty reason counts as left out.
    ///
    /// # Errors
    /// A problem that says what is wrong with the reason.
    pub fn parse(&self) -> Result<Option<Reason>, Problem> {
        let mut checks = Checks::new();
        let reason = checks.optional("/reason", given(&self.reason).map(str::parse));
        checks.finish()?;
        Ok(reason)
    }

    /// The same, where a reason is owed.
    ///
    /// # Errors
    /// It is missing, or something is wrong with it.
    pub fn required(&self) -> Result<Reason, Problem> {
        self.parse()?.ok_or_else(|| Problem::invalid("/reason", "must say why"))
    }
}

/// An account is to be somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The login of who is to hold it.
    pub to: String,
}

impl HandOver {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that says what is wrong with the login.
    pub fn parse(&self) -> Result<Login, Problem> {
        self.to.parse().map_err(|error| Problem::invalid("/to", format!("{error}")))
    }
}

/// How long a caller is ready to wait for the services.
///
/// The work is committed before the waiting begins, so a wait that is too
/// short loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(Duration);

impl Wait {
    /// Not at all.
    pub const NONE: Self = Self(Duration::ZERO);

    /// So many seconds, 60 at the most.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(if seconds > 60 { 60 } else { seconds }))
    }

    /// The time to wait.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Wait {
    fn default() -> Self {
        Self::seconds(10)
    }
}
