//! Drift: what a service has that the ledger does not know of, and what it
//! should have and does not.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::{
    account::{AccountState, EnrollmentState},
    audit::given,
    id::{AccountId, DriftId, EnrollmentId},
    problem::{Checks, Problem},
    text::Slug,
    time::Timestamp,
};

/// How a service and the ledger differ about a name.
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
pub enum DriftKind {
    /// The service has an account that nobody holds here.
    Unknown,
    /// Somebody holds an account here that the service does not have.
    Missing,
}

/// What became of a difference.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DriftState {
    /// Nobody has decided on it.
    Open,
    /// It may stay as it is.
    Ignored,
    /// It became an account of somebody's, or is created there again.
    Adopted,
    /// It was deleted from the service, or given up here.
    Deleted,
    /// A later sweep did not see it any more.
    Resolved,
}

/// A difference that was seen in several sweeps in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriftEntry {
    /// The entry's id.
    pub id: DriftId,
    /// The service's slug.
    pub service: Slug,
    /// How they differ.
    pub kind: DriftKind,
    /// What became of it.
    pub state: DriftState,
    /// The name on the service.
    pub username: String,
    /// The service's own id for it, where it is known.
    pub remote_id: Option<String>,
    /// The account that it belongs to, or once belonged to.
    pub account: Option<AccountId>,
    /// Whether the name was given to that service by this portal.
    pub minted: bool,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// In how many sweeps in a row it was seen.
    pub sweeps: u32,
}

impl DriftEntry {
    /// After so many sweeps in a row a difference is shown: what is under way
    /// while one sweep looks is over when the next one does.
    pub const SHOWN_AFTER: u32 = 2;
}

/// What a sweep of one service found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sweep {
    /// What the service has and nobody holds here.
    pub unknown: Vec<Found>,
    /// What somebody holds here and the service does not have.
    pub missing: Vec<Found>,
}

/// A difference as a sweep found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// The name on the service.
    pub username: String,
    /// The service's own id for it, where it is known.
    pub remote_id: Option<String>,
    /// The account that it belongs to, or once belonged to.
    pub account: Option<AccountId>,
    /// Whether the name was given to that service by this portal.
    pub minted: bool,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// In how many sweeps in a row it was seen. A dry run is not recorded, so
    /// it does not count.
    pub sweeps: u32,
    /// What became of it; `deleted` where this sweep deleted it.
    pub state: DriftState,
    /// Why this sweep could not delete it, though it was minted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// When a service was last swept, and how that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastSweep {
    /// When the last sweep began.
    pub begun_at: Timestamp,
    /// When the last one that succeeded was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept_at: Option<Timestamp>,
    /// Why the last one did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Which drift is asked for: not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ListDrift {
    /// On this service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl ListDrift {
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

/// What the ledger says of a name on a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The enrollment.
    pub enrollment: EnrollmentId,
    /// Its account.
    pub account: AccountId,
    /// How the account stands.
    pub account_state: AccountState,
    /// Counts the account's changes.
    pub version: u32,
    /// The name on the service.
    pub username: String,
    /// Whether the account of that name there, if there is one, is none of ours.
    pub not_ours: bool,
    /// The service's own id for it, where it told one.
    pub remote_id: Option<String>,
    /// How the enrollment stands.
    pub state: EnrollmentState,
    /// When there is something to do on it.
    pub next_attempt_at: Option<Timestamp>,
    /// Until when something may still be done there that was sent before.
    pub unsettled_until: Option<Timestamp>,
    /// When it was proven gone.
    pub removed_at: Option<Timestamp>,
}

impl LedgerEntry {
    /// Whether it is in use, and nothing about it is under way.
    fn is_settled(&self, now: Timestamp) -> bool {
        matches!(self.account_state, AccountState::Active | AccountState::Frozen)
            && self.state == EnrollmentState::Active
            && self.next_attempt_at.is_none()
            && self.unsettled_until.is_none_or(|until| until <= now)
    }

    /// Whether an account of that name on the service can only be ours, and
    /// should be gone.
    pub fn is_ended_and_ours(&self) -> bool {
        self.state == EnrollmentState::Removed && !self.not_ours
    }
}

/// A difference between a service and the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How they differ.
    pub kind: DriftKind,
    /// The name on the service.
    pub username: String,
    /// The service's own id for it, where it is known.
    pub remote_id: Option<String>,
    /// The account that it belongs to, or once belonged to.
    pub account: Option<AccountId>,
    /// Whether the name was given to that service by this portal.
    pub minted: bool,
}

/// A look at one service: what the ledger said before, what the service listed,
/// and what the ledger said afterwards.
#[derive(Clone, Debug)]
pub struct Look {
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was over.
    pub over_at: Timestamp,
    /// The enrollments that lived when it began, each with its account's version.
    pub before: HashMap<EnrollmentId, u32>,
    /// The accounts that the service has, by name, with its own ids for them.
    pub listed: BTreeMap<String, Option<String>>,
    /// All that live now, and whoever bore a name that is listed.
    pub after: Vec<LedgerEntry>,
}

impl Look {
    /// What differs beyond doubt: whatever came, went or changed while it was
    /// looked, or is on its way, is left out.
    pub fn differences(&self) -> Vec<Difference> {
        let ledger: HashMap<&str, &LedgerEntry> =
            self.after.iter().map(|entry| (entry.username.as_str(), entry)).collect();
        let unknown = self.listed.iter().filter_map(|(username, remote_id)| {
            let entry = ledger.get(username.as_str()).copied();
            self.unknown(username, remote_id.as_ref(), entry)
        });
        unknown.chain(self.after.iter().filter_map(|entry| self.missing(entry))).collect()
    }

    fn unknown(
        &self,
        username: &str,
        remote_id: Option<&String>,
        entry: Option<&LedgerEntry>,
    ) -> Option<Difference> {
        let ended = match entry {
            None => None,
            Some(entry) if !self.before.contains_key(&entry.enrollment) => {
                entry.removed_at.filter(|removed| *removed < self.begun_at)?;
                Some(entry).filter(|entry| entry.is_ended_and_ours())
            }
            Some(_) => return None,
        };
        Some(Difference {
            kind: DriftKind::Unknown,
            username: username.to_owned(),
            // An account that came back may have another id than the one before.
            remote_id: remote_id.or_else(|| ended?.remote_id.as_ref()).cloned(),
            account: ended.map(|entry| entry.account),
            minted: ended.is_some(),
        })
    }

    fn missing(&self, entry: &LedgerEntry) -> Option<Difference> {
        let was_the_same = self.before.get(&entry.enrollment) == Some(&entry.version);
        let is_missing =
            was_the_same && entry.is_settled(self.over_at) && !self.listed.contains_key(&entry.username);
        is_missing.then(|| Difference {
            kind: DriftKind::Missing,
            username: entry.username.clone(),
            remote_id: entry.remote_id.clone(),
            account: Some(entry.account),
            minted: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BEGUN: Timestamp = Timestamp::from_millis(100_000);
    const OVER: Timestamp = Timestamp::from_millis(200_000);

    fn active(n: u128, username: &str) -> LedgerEntry {
        LedgerEntry {
            enrollment: EnrollmentId(Uuid::from_u128(n)),
            account: AccountId(Uuid::from_u128(n)),
            account_state: AccountState::Active,
            version: 3,
            username: username.to_owned(),
            not_ours: false,
            remote_id: Some(format!("id of {username}")),
            state: EnrollmentState::Active,
            next_attempt_at: None,
            unsettled_until: None,
            removed_at: None,
        }
    }

    fn ended(n: u128, username: &str) -> LedgerEntry {
        LedgerEntry {
            account_state: AccountState::Revoked,
            state: EnrollmentState::Removed,
            removed_at: Some(BEGUN.plus_millis(-1)),
            ..active(n, username)
        }
    }

    /// What is found where the service lists these names.
    fn found(
        before: &[&LedgerEntry],
        listed: &[&str],
        after: &[&LedgerEntry],
    ) -> Vec<(DriftKind, String, bool)> {
        let look = Look {
            begun_at: BEGUN,
            over_at: OVER,
            before: before.iter().map(|entry| (entry.enrollment, entry.version)).collect(),
            listed: listed.iter().map(|name| ((*name).to_owned(), None)).collect(),
            after: after.iter().map(|entry| (*entry).clone()).collect(),
        };
        look.differences().into_iter().map(|found| (found.kind, found.username, found.minted)).collect()
    }

    fn unknown(username: &str, minted: bool) -> Vec<(DriftKind, String, bool)> {
        vec![(DriftKind::Unknown, username.to_owned(), minted)]
    }

    fn missing(username: &str) -> Vec<(DriftKind, String, bool)> {
        vec![(DriftKind::Missing, username.to_owned(), true)]
    }

    #[test]
    fn what_is_in_use_and_listed_is_no_drift() {
        let entry = active(1, "test_a");
        assert!(found(&[&entry], &["test_a"], &[&entry]).is_empty());
    }

    #[test]
    fn what_was_never_here_is_unknown_and_not_minted() {
        assert_eq!(found(&[], &["test_a"], &[]), unknown("test_a", false));
    }

    #[test]
    fn what_ended_here_and_is_listed_is_unknown_and_minted() {
        assert_eq!(found(&[], &["test_a"], &[&ended(1, "test_a")]), unknown("test_a", true));
    }

    #[test]
    fn a_name_that_was_a_strangers_or_never_sent_is_not_minted() {
        let not_ours = LedgerEntry { not_ours: true, ..ended(1, "test_a") };
        assert_eq!(found(&[], &["test_a"], &[&not_ours]), unknown("test_a", false));
    }

    #[test]
    fn what_was_removed_while_it_was_looked_is_no_drift() {
        let before = active(1, "test_a");
        let removed = LedgerEntry { removed_at: Some(BEGUN), ..ended(1, "test_a") };
        assert!(found(&[&before], &["test_a"], &[&removed]).is_empty());
        // It was made and removed in between.
        assert!(found(&[], &["test_a"], &[&removed]).is_empty());
        // By a clock that is a little behind.
        assert!(found(&[&before], &["test_a"], &[&ended(1, "test_a")]).is_empty());
    }

    #[test]
    fn what_is_in_use_and_not_listed_is_missing_also_while_it_is_frozen() {
        let entry = active(1, "test_a");
        assert_eq!(found(&[&entry], &[], &[&entry]), missing("test_a"));
        let frozen = LedgerEntry { account_state: AccountState::Frozen, ..entry };
        assert_eq!(found(&[&frozen], &[], &[&frozen]), missing("test_a"));
    }

    #[test]
    fn what_came_or_changed_while_it_was_looked_is_not_missing() {
        let entry = active(1, "test_a");
        assert!(found(&[], &[], &[&entry]).is_empty());
        let changed = LedgerEntry { version: 4, ..entry.clone() };
        assert!(found(&[&entry], &[], &[&changed]).is_empty());
    }

    #[test]
    fn what_is_on_its_way_is_neither_unknown_nor_missing() {
        let settled = active(1, "test_a");
        let on_its_way = [
            LedgerEntry { state: EnrollmentState::Pending, ..settled.clone() },
            LedgerEntry { state: EnrollmentState::Creating, ..settled.clone() },
            LedgerEntry { state: EnrollmentState::Removing, ..settled.clone() },
            LedgerEntry { account_state: AccountState::Provisioning, ..settled.clone() },
            LedgerEntry { next_attempt_at: Some(OVER), ..settled.clone() },
            LedgerEntry { unsettled_until: Some(OVER.plus_millis(1)), ..settled.clone() },
        ];
        for entry in on_its_way {
            for listed in [&["test_a"][..], &[]] {
                assert!(found(&[&entry], listed, &[&entry]).is_empty(), "{entry:?}");
                assert!(found(&[], listed, &[&entry]).is_empty(), "{entry:?}");
            }
        }
        let settled_by_now = LedgerEntry { unsettled_until: Some(OVER), ..settled };
        assert_eq!(found(&[&settled_by_now], &[], &[&settled_by_now]), missing("test_a"));
    }

    #[test]
    fn the_id_that_the_service_tells_now_counts() {
        let look = |listed: Option<&str>| Look {
            begun_at: BEGUN,
            over_at: OVER,
            before: HashMap::new(),
            listed: [("test_a".to_owned(), listed.map(str::to_owned))].into(),
            after: vec![ended(1, "test_a")],
        };
        assert_eq!(look(Some("9")).differences()[0].remote_id.as_deref(), Some("9"));
        assert_eq!(look(None).differences()[0].remote_id.as_deref(), Some("id of test_a"));
    }
}
