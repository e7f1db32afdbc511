//! A service as its file describes it, checked.

mod policy;
pub mod table;
mod traits;

use std::collections::BTreeSet;

use domain::{
    problem::{Checks, Problem},
    service::{Capability, Policy, Traits, normalise_base_url},
    team::DEFAULT_TEAM,
    text::{Name, Slug},
};
use serde_json::Value;
use url::Url;

use self::table::Table;
use super::{
    Guard,
    guard::{self, Refusal},
    http::HttpDefinition,
    preset,
    secret_reference::SecretReference,
};

/// Where the form that registers services has its page, among those of the
/// services.
const FORM: &str = "new";

/// A checked service file's `[[service]]` table.
///
/// It holds no secret, only the reference to one.
#[derive(Clone, Debug)]
pub struct ServiceDefinition {
    /// The service's name in URLs and commands.
    pub slug: Slug,
    /// What people call it; the slug where nothing else is given.
    pub name: Name,
    /// The team that it belongs to.
    pub team: Slug,
    /// The other teams whose people may ask for accounts there.
    pub shared_with: Vec<Slug>,
    /// Which of the operator's test environments it belongs to.
    pub environment: String,
    /// Where it is, normalised: no slash at the end.
    pub base_url: String,
    /// Where its own secret is.
    pub secret: Option<SecretReference>,
    /// The preset that it is built on, or `http`.
    pub connector: String,
    /// On which terms accounts are given out.
    pub policy: Policy,
    /// What accounts have beside a name and a password.
    pub traits: Traits,
    pub(super) base: Url,
    pub(super) http: HttpDefinition,
}

/// Why a table describes no service that can be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Points at every field that cannot be accepted.
    pub problem: Problem,
    /// What of it the guard forbids.
    pub forbidden: Vec<String>,
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        unfit.problem
    }
}

impl ServiceDefinition {
    /// Checks the table of a service that is to be registered.
    ///
    /// A host's name is taken as it is here, since looking it up takes time;
    /// [`Connectors::define`](super::Connectors::define) does that too.
    ///
    /// # Errors
    /// Points at every field that cannot be accepted.
    pub fn parse(table: &Value, guard: &Guard) -> Result<Self, Unfit> {
        let mut forbidden = Vec::new();
        let read = Self::read(table, Some(guard), &mut forbidden);
        read.map_err(|problem| Unfit { problem, forbidden })
    }

    /// Reads the table of a service that was registered earlier. What the
    /// guard thinks of it is found out when it is called, so that a service
    /// stays visible that is no longer allowed.
    ///
    /// # Errors
    /// A problem, where the table was written by a version that knew more.
    pub fn restore(table: &Value) -> Result<Self, Problem> {
        Self::read(table, None, &mut Vec::new())
    }

    /// Every place that is called, and where in the table that stands.
    pub(super) fn places(&self) -> Vec<(String, &Url)> {
        let elsewhere = self.http.elsewhere().into_iter();
        let elsewhere = elsewhere.map(|(place, url)| (format!("/http/{place}/request"), url));
        [("/base_url".to_owned(), &self.base)].into_iter().chain(elsewhere).collect()
    }

    /// Every scheme, host and port that is called.
    pub fn origins(&self) -> BTreeSet<String> {
        self.places().into_iter().map(|(_, url)| url.origin().ascii_serialization()).collect()
    }

    /// What the service offers.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.http.capabilities()
    }

    fn read(table: &Value, guard: Option<&Guard>, forbidden: &mut Vec<String>) -> Result<Self, Problem> {
        let mut checks = Checks::new();
        let read = Self::read_fields(table, guard, forbidden, &mut checks);
        checks.finish()?;
        // What cannot be read was noted, so this is for the type system only.
        read.ok_or_else(|| Problem::invalid("", "is no service"))
    }

    fn read_fields(
        table: &Value,
        guard: Option<&Guard>,
        forbidden: &mut Vec<String>,
        checks: &mut Checks,
    ) -> Option<Self> {
        let mut table = Table::open(table.clone(), "", checks)?;
        let slug = table.required::<Slug>("slug");
        let name = table.optional::<Name>("name");
        let team = read_team(&mut table);
        let shared_with = table.optional::<Vec<Slug>>("shared_with").unwrap_or_default();
        let environment = table.required::<String>("environment");
        let base = read_base_url(&mut table, forbidden);
        let secret_is_given = table.has("secret");
        let secret = table.optional::<String>("secret").and_then(|text| table.check("secret", text.parse()));
        let connector = table.optional::<String>("connector").unwrap_or_else(|| preset::NONE.to_owned());

        if let Some(guard) = guard {
            if slug.as_ref().is_some_and(|slug| slug.as_str() == FORM) {
                table.note("slug", "is a word of the portal's own; choose another");
            }
            let mut ask = |place, answer: Result<(), Refusal>| note(&mut table, forbidden, place, answer);
            if let Some(environment) = &environment {
                ask("environment", guard.environment(environment));
            }
            if let Some(host) = base.as_ref().and_then(|(_, base)| base.host()) {
                ask("base_url", guard.host(&host));
            }
            if let Some(secret) = &secret {
                ask("secret", guard.secret(secret));
            }
        }

        let policy = policy::read(&mut table);
        let traits = traits::read(&mut table);
        let http = read_http(&mut table, &connector, secret_is_given);
        if let (Some(guard), Some(http)) = (guard, &http) {
            for (place, url) in http.elsewhere() {
                let allowed = url.host().map_or(Ok(()), |host| guard.host(&host));
                note(&mut table, forbidden, &format!("http/{place}/request"), allowed);
            }
        }
        table.close();
        let ((base_url, base), slug) = (base?, slug?);
        Some(Self {
            name: match name {
                Some(name) => name,
                None => slug.as_str().parse().ok()?,
            },
            slug,
            team: team?,
            shared_with,
            environment: environment?,
            base_url,
            secret,
            connector,
            policy: policy?,
            traits,
            base,
            http: http?,
        })
    }
}

/// Notes what the guard refuses.
fn note(table: &mut Table<'_>, forbidden: &mut Vec<String>, place: &str, answer: Result<(), Refusal>) {
    if let Err(refusal) = answer {
        table.note(place, format!("is not allowed: {refusal}"));
        forbidden.push(refusal.to_string());
    }
}

/// The team, where one is named; else that of all who have no other.
fn read_team(table: &mut Table<'_>) -> Option<Slug> {
    if table.has("team") { table.optional("team") } else { DEFAULT_TEAM.parse().ok() }
}

fn read_base_url(table: &mut Table<'_>, forbidden: &mut Vec<String>) -> Option<(String, Url)> {
    let text = table.required::<String>("base_url")?;
    if let Err(refusal) = Url::parse(&text).map_or(Ok(()), |url| guard::names_no_user(&url)) {
        note(table, forbidden, "base_url", Err(refusal));
        return None;
    }
    if Url::parse(text.trim()).is_ok_and(|url| url.query().is_some() || url.fragment().is_some()) {
        table.note("base_url", "must end with its path: a query belongs to each `request`, or to `query`");
        return None;
    }
    let read = normalise_base_url(&text).and_then(|text| Some((text.clone(), Url::parse(&text).ok()?)));
    table.check("base_url", read.ok_or("must be an http or https URL, such as http://127.0.0.1:4010/api"))
}

/// The preset's operations, and over them those of the service itself.
fn read_http(table: &mut Table<'_>, connector: &str, has_secret: bool) -> Option<HttpDefinition> {
    let Some(mut http) = preset::find(connector) else {
        let known = preset::names().collect::<Vec<_>>().join(", ");
        table.note("connector", format!("must be one of {known}"));
        table.take("http");
        return None;
    };
    match table.take("http") {
        None => {}
        Some(Value::Object(own)) => preset::override_with(&mut http, own),
        Some(_) => {
            table.note("http", "must be a table");
            return None;
        }
    }
    let mut http = table.inner("http", Value::Object(http))?;
    let read = HttpDefinition::read(&mut http, has_secret);
    http.close();
    Some(read)
}

#[cfg(test)]
pub(super) mod tests;
