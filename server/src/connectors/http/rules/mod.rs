//! What an answer means: rules, of which the first that fits decides.

mod criteria;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use domain::service::Capability;
use serde::Deserialize;
use serde_json::Value;
use strum::IntoStaticStr;

pub use self::criteria::Pointer;
use self::criteria::{Expectation, Statuses};
use super::{super::definition::table::Table, reply::Reply};

/// What an answer says about the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// There was none; now there is.
    Created,
    /// There was one, and it was changed.
    Updated,
    /// There is one, and it was left alone.
    Exists,
    /// Done, or: the login works; asked whether it is gone: it is not.
    Ok,
    /// There is none.
    Absent,
    /// The credentials were refused: when verifying the account's, else the
    /// portal's own.
    Denied,
    /// Not now.
    Retry,
    /// Never.
    Rejected,
    /// It cannot be told.
    Unknown,
}

impl Verdict {
    /// What an answer to that operation can say.
    const fn of(operation: Capability) -> &'static [Self] {
        use Verdict::{Absent, Created, Denied, Exists, Ok, Rejected, Retry, Unknown, Updated};
        match operation {
            Capability::Create => &[Created, Updated, Exists, Ok, Denied, Retry, Rejected, Unknown],
            Capability::Verify
            | Capability::Reset
            | Capability::Disable
            | Capability::Enable
            | Capability::Delete => &[Ok, Absent, Denied, Retry, Rejected, Unknown],
            Capability::Gone => &[Ok, Exists, Absent, Denied, Retry, Rejected, Unknown],
        }
    }
}

/// Decides for the answers that it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    statuses: Option<Statuses>,
    place: Option<(Pointer, Expectation)>,
    verdict: Verdict,
}

/// What the rules make of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What it says.
    pub verdict: Verdict,
    /// Which rule said so; `None` where none did.
    pub by: Option<Rule>,
}

impl Rule {
    fn read(table: &mut Table<'_>, operation: Capability) -> Option<Self> {
        let statuses = table.optional("status");
        let pointer = table.optional::<Pointer>("pointer");
        let exists = table.optional::<bool>("exists");
        let equals = table.take_or_null("equals");
        let verdict = table.required::<Verdict>("outcome");
        if pointer.is_none() && (exists.is_some() || equals.is_some()) {
            table.note("pointer", "is missing: it says where in the answer to look");
        }
        if exists.is_some() && equals.is_some() {
            table.note("exists", "cannot be given beside `equals`");
        }
        let expectation = equals.map_or(Expectation::Exists(exists.unwrap_or(true)), Expectation::Equals);
        let verdict = verdict.filter(|verdict| {
            let possible = Verdict::of(operation);
            if !possible.contains(verdict) {
                let names: Vec<&str> = possible.iter().map(Into::into).collect();
                table.note("outcome", format!("must be one of {}", names.join(", ")));
            }
            possible.contains(verdict)
        })?;
        // Where `ok` has a plainer name, both words are understood.
        let verdict = match (operation, verdict) {
            (Capability::Create, Verdict::Ok) => Verdict::Created,
            (Capability::Gone, Verdict::Exists) => Verdict::Ok,
            (_, verdict) => verdict,
        };
        Some(Self { statuses, place: pointer.map(|pointer| (pointer, expectation)), verdict })
    }

    /// Where it looked, if it looked into the body.
    pub fn place(&self) -> Option<&Pointer> {
        self.place.as_ref().map(|(pointer, _)| pointer)
    }

    fn on(statuses: &[RangeInclusive<u16>], verdict: Verdict) -> Self {
        Self { statuses: Some(Statuses::of(statuses)), place: None, verdict }
    }
}

/// The rules of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Reads the field `rules`; where it is not given, the rules of a plain
    /// REST API hold.
    ///
    /// Rules of one's own replace those, as a service that needs any has
    /// statuses that mislead; only that a service asks for patience is
    /// understood all the same.
    pub fn read(table: &mut Table<'_>, operation: Capability) -> Self {
        let Some(entries) = table.optional::<Vec<Value>>("rules") else {
            return Self::plain(operation);
        };
        let mut rules = Vec::new();
        for (at, entry) in entries.into_iter().enumerate() {
            let Some(mut rule) = table.inner(&format!("rules/{at}"), entry) else { continue };
            rules.extend(Rule::read(&mut rule, operation));
            rule.close();
        }
        rules.push(Self::patience());
        Self(rules)
    }

    fn patience() -> Rule {
        Rule::on(&[408..=408, 425..=425, 429..=429], Verdict::Retry)
    }

    fn plain(operation: Capability) -> Self {
        let refused = Rule::on(&[401..=401, 403..=403], Verdict::Denied);
        let rejected = Rule::on(&[400..=499], Verdict::Rejected);
        let busy = Rule::on(&[500..=599], Verdict::Retry);
        let fine = Rule::on(&[200..=299], Verdict::Ok);
        let absent = Rule::on(&[404..=404, 410..=410], Verdict::Absent);
        Self(match operation {
            // A 5xx may come after the work was done: no rule, so unknown.
            Capability::Create => vec![
                Rule::on(&[200..=299], Verdict::Created),
                Rule::on(&[409..=409], Verdict::Exists),
                refused,
                Self::patience(),
                rejected,
            ],
            Capability::Verify => vec![fine, refused, Self::patience(), busy, rejected],
            // Of the 5xx, only 503 says that nothing was done.
            Capability::Reset | Capability::Disable | Capability::Enable => vec![
                fine,
                absent,
                refused,
                Self::patience(),
                Rule::on(&[503..=503], Verdict::Retry),
                rejected,
            ],
            // 202 is a promise, no proof; the next attempt will meet a 404.
            Capability::Delete => vec![
                Rule::on(&[202..=202], Verdict::Retry),
                fine,
                absent,
                refused,
                Self::patience(),
                busy,
                rejected,
            ],
            // Any other 4xx does not say whether the account is there.
            Capability::Gone => vec![absent, fine, refused, Self::patience(), busy],
        })
    }

    /// What the answer says. Where a rule would have to look into a body that
    /// was not read to its end, nothing can be said.
    pub fn decide(&self, reply: &Reply) -> Decision {
        let status = reply.status.as_u16();
        let candidates =
            self.0.iter().filter(|rule| rule.statuses.as_ref().is_none_or(|set| set.hold(status)));
        let mut looked = None;
        for rule in candidates {
            match &rule.place {
                None => return Decision { verdict: rule.verdict, by: looked.or(Some(rule)).cloned() },
                Some(_) if reply.is_cut() => break,
                Some((pointer, expectation)) => {
                    if expectation.met(pointer.of(reply.json())) {
                        return Decision { verdict: rule.verdict, by: Some(rule.clone()) };
                    }
                    looked = looked.or(Some(rule));
                }
            }
        }
        Decision { verdict: Verdict::Unknown, by: looked.cloned() }
    }
}
