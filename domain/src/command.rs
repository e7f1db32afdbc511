//! What can be asked of the portal about accounts.
//!
//! Commands come in as they were written, and are parsed where they are
//! carried out: so every door reports the same fields in the same words, and
//! nobody learns from a field error what they were not allowed to ask.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator;

use crate::{
    account::AccountState,
    audit::given,
    id::BatchId,
    problem::{Checks, Problem, pointer_token},
    text::{Hint, Key, Login, Purpose, Reason, RunName, Slug, Ticket, Value},
    time::{Ttl, TtlText},
};

/// An account is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestAccount {
    /// The services to create it on, by slug: one to ten.
    #[serde(default)]
    pub services: Vec<String>,
    /// Why: for those who audit; at most 500 characters.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The ticket or issue that it belongs to; at most 100 characters.
    #[serde(default)]
    pub ticket: Option<String>,
    /// How long to lease it: `"90s"`, `"30m"`, `"2h"`, `"7d"` or seconds.
    #[serde(default)]
    pub ttl: Option<TtlText>,
    /// Labels to find it by; at most 32.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The CI run that owns it, such as `github:acme/shop:9123:1`.
    #[serde(default)]
    pub run: Option<String>,
    /// What to tell the services of it; at most 32.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Letters and digits to recognise in the username.
    #[serde(default)]
    pub hint: Option<String>,
    /// How many of them: more than one make a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// A checked [`RequestAccount`].
#[derive(Clone, Debug)]
pub struct AccountRequest {
    /// The services, each once.
    pub services: Vec<Slug>,
    /// Why.
    pub purpose: Option<Purpose>,
    /// The ticket.
    pub ticket: Option<Ticket>,
    /// How long to lease it.
    pub ttl: Option<Ttl>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The run that owns it.
    pub run: Option<RunName>,
    /// What to tell the services.
    pub attributes: BTreeMap<String, String>,
    /// What to recognise in the username.
    pub hint: Option<Hint>,
    /// How many.
    pub count: u32,
}

impl RequestAccount {
    /// How many services an account can be on at the most.
    pub const MOST_SERVICES: usize = 10;
    /// How many labels, and how many attributes, it can have at the most.
    pub const MOST_PAIRS: usize = 32;
    /// How many accounts can be asked for at once at the most.
    pub const MOST_AT_ONCE: u32 = 5_000;

    /// Whether more than one account is asked for.
    pub const fn is_batch(&self) -> bool {
        matches!(self.count, Some(2..))
    }

    /// Checks the fields; empty ones count as left out, as forms send them. But
    /// an empty run is an error: the run's cleanup would never find the account.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<AccountRequest, Problem> {
        let mut checks = Checks::new();
        let services = self.parse_services(&mut checks);
        let purpose = checks.optional("/purpose", given(&self.purpose).map(str::parse));
        let ticket = checks.optional("/ticket", given(&self.ticket).map(str::parse));
        let ttl = self.ttl.as_ref().filter(|ttl| !is_blank(ttl));
        let ttl = checks.optional("/ttl", ttl.map(TtlText::parse));
        let labels = parse_pairs(&mut checks, "/labels", &self.labels);
        let run = checks.optional("/run", self.run.as_deref().map(str::parse));
        let attributes = parse_pairs(&mut checks, "/attributes", &self.attributes);
        let hint = checks.optional("/hint", given(&self.hint).map(str::parse));
        let count = self.count.unwrap_or(1);
        if !(1..=Self::MOST_AT_ONCE).contains(&count) {
            checks.note("/count", format!("must be from 1 to {}", Self::MOST_AT_ONCE));
        }
        checks.finish()?;
        Ok(AccountRequest { services, purpose, ticket, ttl, labels, run, attributes, hint, count })
    }

    fn parse_services(&self, checks: &mut Checks) -> Vec<Slug> {
        if self.services.is_empty() {
            checks.note("/services", "must name at least one service");
        }
        if self.services.len() > Self::MOST_SERVICES {
            checks.note("/services", format!("must name at most {} services", Self::MOST_SERVICES));
            return Vec::new();
        }
        let mut slugs: Vec<Slug> = Vec::new();
        for (at, service) in self.services.iter().enumerate() {
            let pointer = format!("/services/{at}");
            match checks.field(pointer.clone(), service.parse::<Slug>()) {
                Some(slug) if slugs.contains(&slug) => checks.note(pointer, "is named twice"),
                Some(slug) => slugs.push(slug),
                None => {}
            }
        }
        slugs
    }
}

fn parse_pairs(checks: &mut Checks, at: &str, pairs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    if pairs.len() > RequestAccount::MOST_PAIRS {
        checks.note(at, format!("must have at most {} entries", RequestAccount::MOST_PAIRS));
        return BTreeMap::new();
    }
    let mut checked = BTreeMap::new();
    for (key, value) in pairs {
        let pointer = format!("{at}/{}", pointer_token(key));
        let key = checks.field(pointer.clone(), key.parse::<Key>());
        let value = checks.field(pointer, value.parse::<Value>());
        if let (Some(key), Some(value)) = (key, value) {
            checked.insert(key.into_string(), value.into_string());
        }
    }
    checked
}

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

/// Which accounts are asked for: not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ListAccounts {
    /// In this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// On this service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Owned by this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// With this label, as `key:value` or `key=value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Asked for by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// Held by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Of this batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Whose username begins so, or whose ticket is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// A checked [`ListAccounts`].
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// In this state.
    pub state: Option<AccountState>,
    /// On this service.
    pub service: Option<Slug>,
    /// Owned by this run.
    pub run: Option<RunName>,
    /// With this label.
    pub label: Option<(Key, Value)>,
    /// Asked for by this login.
    pub requested_by: Option<Login>,
    /// Held by this login.
    pub holder: Option<Login>,
    /// Of this batch.
    pub batch: Option<BatchId>,
    /// Whose username begins so, or whose ticket is this.
    pub q: Option<Ticket>,
    /// Of the requests of one batch, only the newest that waits.
    pub one_per_batch: bool,
}

impl ListAccounts {
    /// Checks the fields; empty ones count as left out, as forms send them.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<AccountFilter, Problem> {
        let mut checks = Checks::new();
        let states = || {
            let names: Vec<&str> = AccountState::iter().map(Into::into).collect();
            format!("is not a state; those are {}", names.join(", "))
        };
        let state = given(&self.state).map(|name| name.parse().map_err(|_| states()));
        let state = checks.optional("/state", state);
        let filter = AccountFilter {
            state,
            service: checks.optional("/service", given(&self.service).map(str::parse)),
            run: checks.optional("/run", given(&self.run).map(str::parse)),
            label: checks.optional("/label", given(&self.label).map(parse_label)),
            requested_by: checks.optional("/requested_by", given(&self.requested_by).map(str::parse)),
            holder: checks.optional("/holder", given(&self.holder).map(str::parse)),
            batch: checks.optional(
                "/batch",
                given(&self.batch).map(|id| id.parse().map_err(|_| "is not the id of a batch")),
            ),
            q: checks.optional("/q", given(&self.q).map(str::parse)),
            one_per_batch: false,
        };
        checks.finish()?;
        Ok(filter)
    }
}

fn parse_label(text: &str) -> Result<(Key, Value), String> {
    let (key, value) = text.split_once([':', '=']).ok_or("must be written as key:value")?;
    let key = key.parse::<Key>().map_err(|error| error.to_string())?;
    let value = value.parse::<Value>().map_err(|error| error.to_string())?;
    Ok((key, value))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(request: &RequestAccount) -> Vec<String> {
        let problem = request.parse().unwrap_err();
        problem.errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_request_names_at_least_one_service_and_each_once() {
        assert_eq!(pointers(&RequestAccount::default()), ["/services"]);
        let twice = RequestAccount {
            services: vec!["orders".to_owned(), "Bad Slug".to_owned(), "orders".to_owned()],
            ..RequestAccount::default()
        };
        assert_eq!(pointers(&twice), ["/services/1", "/services/2"]);
    }

    #[test]
    fn every_bad_field_is_pointed_at() {
        let request = RequestAccount {
            services: vec!["orders".to_owned()],
            purpose: Some("a\u{0}b".to_owned()),
            ticket: Some("x".repeat(101)),
            ttl: Some(TtlText::Text("soon".to_owned())),
            labels: [("a b".to_owned(), "v".to_owned()), ("a/b".to_owned(), "\n\u{7}".to_owned())].into(),
            hint: Some("No!".to_owned()),
            ..RequestAccount::default()
        };
        assert_eq!(
            pointers(&request),
            ["/purpose", "/ticket", "/ttl", "/labels/a b", "/labels/a~1b", "/hint"]
        );
    }

    #[test]
    fn empty_fields_count_as_left_out() {
        let request = RequestAccount {
            services: vec!["orders".to_owned()],
            purpose: Some("  ".to_owned()),
            ttl: Some(TtlText::Text(String::new())),
            ..RequestAccount::default()
        };
        let parsed = request.parse().unwrap();
        assert!(parsed.purpose.is_none() && parsed.ttl.is_none());
    }

    #[test]
    fn a_label_is_looked_for_by_key_and_value() {
        let list = ListAccounts { label: Some("suite:checkout:eu".to_owned()), ..ListAccounts::default() };
        let (key, value) = list.parse().unwrap().label.unwrap();
        assert_eq!((key.as_str(), value.as_str()), ("suite", "checkout:eu"));
        let list = ListAccounts {
            label: Some("suite".to_owned()),
            state: Some("gone".to_owned()),
            ..ListAccounts::default()
        };
        assert_eq!(list.parse().unwrap_err().errors.len(), 2);
    }
}
