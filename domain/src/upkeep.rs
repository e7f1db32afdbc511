//! What runs beside the accounts: cleanup debt, runs that are kept, and the
//! clock by which leases end.

use serde::{Deserialize, Serialize};

use crate::{
    audit::given,
    command::is_blank,
    id::{AccountId, EnrollmentId},
    problem::{Checks, Problem},
    text::{Login, RunName, Slug},
    time::{Timestamp, Ttl, TtlText},
};

/// An enrollment that should be gone and is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Debt {
    /// The enrollment.
    pub enrollment: EnrollmentId,
    /// Its account.
    pub account: AccountId,
    /// The username on the service.
    pub username: String,
    /// The service's slug.
    pub service: Slug,
    /// Who holds the account.
    pub holder: Login,
    /// The team that it belongs to.
    pub team: String,
    /// Why the last attempt did not succeed; null before there was one.
    pub reason: Option<String>,
    /// Since when it should be gone.
    pub since: Timestamp,
    /// How often its removal was attempted.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
}

/// Which debt is asked for: not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ListDebt {
    /// On this service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl ListDebt {
    /// Checks the fields; empty ones count as left out, as forms send them.
    ///
    /// # Errors
    /// A problem that names the field that cannot be accepted.
    pub fn parse(&self) -> Result<Option<Slug>, Problem> {
        let mut checks = Checks::new();
        let service = checks.optional("/service", given(&self.service).map(str::parse));
        checks.finish()?;
        Ok(service)
    }
}

/// Removals whose next attempt is made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hurried {
    /// How many they are: the [`MOST`](Self::MOST) at once.
    pub hurried: u64,
}

impl Hurried {
    /// How many are hurried at once at the most; of more, those that should
    /// have been gone first.
    pub const MOST: u64 = 1_000;
}

/// A CI run, as far as the portal has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// The run's name.
    pub run: RunName,
    /// Until when cleanups spare the accounts that it has now. Their leases end
    /// as ever.
    pub keep_until: Timestamp,
    /// How many accounts those are.
    pub accounts: u64,
}

/// The accounts of a run, a failed one most likely, are to be kept for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepRun {
    /// For how long from now: `"30m"`, or seconds.
    pub r#for: TtlText,
}

impl KeepRun {
    /// For no longer than this are a run's accounts kept from cleanups.
    pub const LONGEST: Ttl = Ttl::days(30);

    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names the field that cannot be accepted.
    pub fn parse(&self) -> Result<Ttl, Problem> {
        if is_blank(&self.r#for) {
            return Err(Problem::invalid("/for", "must say how long from now, such as 2h or 1d"));
        }
        let kept = self.r#for.parse().map_err(|error| Problem::invalid("/for", error.to_string()))?;
        if kept > Self::LONGEST {
            return Err(Problem::invalid("/for", format!("must be at most {}", Self::LONGEST)));
        }
        Ok(kept)
    }
}

/// Leases do not end for the time being, because the clock jumped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpiryPause {
    /// By how many seconds the clock jumped: forward, or back where negative.
    pub jumped_by_secs: i64,
    /// When that was seen.
    pub since: Timestamp,
    /// When leases end again, unless an admin says so before.
    pub until: Timestamp,
}

impl ExpiryPause {
    /// Whether it holds then. One from the future is of a clock that was put
    /// right since.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }
}
