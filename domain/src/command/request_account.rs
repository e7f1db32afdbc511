//! Asking for accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_blank;
use crate::{
    audit::given,
    problem::{Checks, Problem, pointer_token},
    text::{Hint, Key, Purpose, RunName, Slug, Ticket, Value},
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
    /// What kind of account: a persona of one of the services, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
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
    /// What kind of account.
    pub persona: Option<Slug>,
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
        let persona = checks.optional("/persona", given(&self.persona).map(str::parse));
        let hint = checks.optional("/hint", given(&self.hint).map(str::parse));
        let count = self.count.unwrap_or(1);
        if !(1..=Self::MOST_AT_ONCE).contains(&count) {
            checks.note("/count", format!("must be from 1 to {}", Self::MOST_AT_ONCE));
        }
        checks.finish()?;
        Ok(AccountRequest { services, purpose, ticket, ttl, labels, run, attributes, persona, hint, count })
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
}
