//! Batches: many accounts asked for, or taken away, as one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::{
    account::AccountView,
    actor::ActorRef,
    id::{AccountId, BatchId, TokenId},
    problem::{Checks, Problem},
    text::{Key, Login, RunName, Slug, UsernamePrefix, Value},
    time::Timestamp,
};

/// What a batch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BatchKind {
    /// Creates accounts.
    Create,
    /// Takes accounts away.
    Cleanup,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BatchState {
    /// Something of it is neither done nor given up.
    Running,
    /// All of it is done or given up.
    Finished,
}

/// Many accounts asked for, or taken away, as one.
///
/// An account of a creation is done once it was active, and failed where that
/// was given up; what it may have left on services is removed then. One of a cleanup is done once it is proven gone, and
/// never failed: it waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Batch {
    /// The batch's id.
    pub id: BatchId,
    /// What it does.
    pub kind: BatchKind,
    /// How far it is.
    pub state: BatchState,
    /// Of how many accounts it consists.
    pub total: u64,
    /// How many of them are done.
    pub done: u64,
    /// How many of them were given up.
    pub failed: u64,
    /// How many of them wait for a manager.
    #[serde(default)]
    pub waiting: u64,
    /// The logins of those who asked for what waits: nobody decides on their
    /// own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting_of: Vec<String>,
    /// How many more a cleanup would have met, had they not been kept with
    /// their run then; none of a creation.
    #[serde(default)]
    pub kept: u64,
    /// Who asked for it.
    pub requested_by: ActorRef,
    /// What was asked for: the command.
    pub command: serde_json::Value,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When the last of it was done or given up.
    pub finished_at: Option<Timestamp>,
    /// The accounts that were given up, or that could not be removed so far:
    /// the first hundred of them.
    pub failures: Vec<BatchFailure>,
}

impl Batch {
    /// How many failures are shown.
    pub const FAILURES_SHOWN: u16 = 100;
}

/// A request on which somebody is to decide, or those of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// The request; of a batch one that is like all of them.
    pub account: AccountView,
    /// Its batch, which is decided on as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
}

/// An account of a batch with which something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchFailure {
    /// The account.
    pub account: AccountId,
    /// Its username.
    pub username: String,
    /// What is wrong, by service.
    pub reasons: BTreeMap<Slug, String>,
}

/// Accounts are to be taken away: which, not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CleanUp {
    /// Owned by this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// On this service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// With all of these labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Asked for by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// Whose username begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_prefix: Option<String>,
    /// Those that the caller holds and, where a token calls, that it asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

/// A checked [`CleanUp`]: accounts that have not ended, to which all of this
/// applies.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Owned by this run.
    pub run: Option<RunName>,
    /// On this service.
    pub service: Option<Slug>,
    /// With these labels.
    pub labels: BTreeMap<String, String>,
    /// Asked for by this login.
    pub requested_by: Option<Login>,
    /// Whose username begins so.
    pub username_prefix: Option<UsernamePrefix>,
    /// Held by this login.
    pub holder: Option<Login>,
    /// Of this team.
    pub team: Option<String>,
    /// Asked for through this token.
    pub token: Option<TokenId>,
    /// Also what is kept with its run.
    pub kept_too: bool,
}

impl CleanUp {
    /// Checks the fields. One that is there and empty is an error: an unset
    /// variable of a script must not select more. What [`mine`](Self::mine) means, the caller knows.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted, or says that
    /// nothing was selected: no cleanup ever means everything.
    pub fn parse(&self) -> Result<Selection, Problem> {
        let mut checks = Checks::new();
        let mut labels = BTreeMap::new();
        for (key, value) in &self.labels {
            let pointer = format!("/labels/{}", crate::problem::pointer_token(key));
            let key = checks.field(pointer.clone(), key.parse::<Key>());
            let value = checks.field(pointer, value.parse::<Value>());
            if let (Some(key), Some(value)) = (key, value) {
                labels.insert(key.into_string(), value.into_string());
            }
        }
        let selection = Selection {
            run: checks.optional("/run", self.run.as_deref().map(str::parse)),
            service: checks.optional("/service", self.service.as_deref().map(str::parse)),
            requested_by: checks.optional("/requested_by", self.requested_by.as_deref().map(str::parse)),
            username_prefix: checks
                .optional("/username_prefix", self.username_prefix.as_deref().map(str::parse)),
            labels,
            ..Selection::default()
        };
        let selects = self.run.is_some()
            || self.service.is_some()
            || !self.labels.is_empty()
            || self.requested_by.is_some()
            || self.username_prefix.is_some();
        if self.mine && selects {
            checks.note("/mine", "stands alone; leave it out to select by anything else");
        }
        if !self.mine && !selects {
            checks.note("", "must select by run, service, labels, requested_by or username_prefix, or be {\"mine\": true}");
        }
        checks.finish()?;
        Ok(selection)
    }
}

/// What a cleanup would take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CleanUpPreview {
    /// How many accounts.
    pub matched: u64,
    /// How many of them are on their way already.
    #[serde(default)]
    pub ending: u64,
    /// How many of them on each service; one on two services counts on both.
    pub by_service: BTreeMap<Slug, u64>,
    /// How many more would match, but are kept with their run for a while.
    pub kept: u64,
    /// The newest of them: twenty at most.
    pub sample: Vec<AccountView>,
}

impl CleanUpPreview {
    /// How many accounts a sample holds at the most.
    pub const SAMPLE: u16 = 20;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cleanup_that_selects_nothing_is_refused() {
        let pointer = |run: Option<&str>| {
            let empty = CleanUp { run: run.map(str::to_owned), ..CleanUp::default() };
            empty.parse().unwrap_err().errors[0].pointer.clone()
        };
        assert_eq!((pointer(None).as_str(), pointer(Some(" ")).as_str()), ("", "/run"));
        assert!(CleanUp { mine: true, ..CleanUp::default() }.parse().is_ok());
    }

    #[test]
    fn mine_stands_alone() {
        let both = CleanUp { mine: true, run: Some("r1".to_owned()), ..CleanUp::default() };
        assert_eq!(both.parse().unwrap_err().errors[0].pointer, "/mine");
    }
}
