//! What an answer means: rules, of which the first that fits decides.

mod criteria;
#[cfg(test)]
pub mod tests;

use std::ops::RangeInclusive;

use domain::service::Capability;
use serde::Deserialize;
use serde_json::Value;
use strum::IntoStaticStr;

use self::criteria::{Look, Statuses};
pub use self::criteria::{Pattern, Pointer};
use super::{super::definition::table::Table, redaction::Redaction, reply::Reply};

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
    /// What an answer to a step of that purpose can say.
    const fn of(purpose: Purpose) -> &'static [Self] {
        use Verdict::{Absent, Created, Denied, Exists, Ok, Rejected, Retry, Unknown, Updated};
        match purpose {
            Purpose::Of(Capability::Create) | Purpose::Beside => {
                &[Created, Updated, Exists, Ok, Denied, Retry, Rejected, Unknown]
            }
            Purpose::Of(
                Capability::Verify
                | Capability::Reset
                | Capability::Disable
                | Capability::Enable
                | Capability::Delete,
            ) => &[Ok, Absent, Denied, Retry, Rejected, Unknown],
            Purpose::Of(Capability::Gone) => &[Ok, Exists, Absent, Denied, Retry, Rejected, Unknown],
            Purpose::Of(Capability::List) => &[Ok, Absent, Denied, Retry, Rejected, Unknown],
            Purpose::Auxiliary | Purpose::Of(Capability::Attest) => &[Ok, Denied, Retry, Rejected, Unknown],
        }
    }
}

/// Decides for the answers that it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    statuses: Option<Statuses>,
    looks: Vec<Look>,
    verdict: Verdict,
}

/// What the rules make of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What it says.
    pub verdict: Verdict,
    /// Which rule said so, or came close; `None` where none did.
    pub by: Option<Rule>,
}

impl Rule {
    fn read(table: &mut Table<'_>, purpose: Purpose) -> Option<Self> {
        let statuses = table.optional("status");
        let looks = Look::read_all(table);
        let verdict = table.required::<Verdict>("outcome")?;
        let possible = Verdict::of(purpose);
        if !possible.contains(&verdict) {
            let names: Vec<&str> = possible.iter().map(Into::into).collect();
            table.note("outcome", format!("must be one of {}", names.join(", ")));
            return None;
        }
        // Where `ok` has a plainer name, both words are understood.
        let verdict = match (purpose, verdict) {
            (Purpose::Of(Capability::Create), Verdict::Ok) => Verdict::Created,
            (Purpose::Of(Capability::Gone), Verdict::Exists) => Verdict::Ok,
            (_, verdict) => verdict,
        };
        Some(Self { statuses, looks, verdict })
    }

    /// What the answer said where the rule looked, if it looked further than
    /// at the status.
    pub fn finding(&self, reply: &Reply, redaction: &Redaction) -> Option<String> {
        let unmet = self.looks.iter().find(|look| !look.met(reply));
        unmet.or(self.looks.first()).map(|look| look.finding(reply, redaction))
    }

    fn on(statuses: &[RangeInclusive<u16>], verdict: Verdict) -> Self {
        Self { statuses: Some(Statuses::of(statuses)), looks: Vec::new(), verdict }
    }
}

/// What a step is there for, which decides what its answers can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It does what the operation is for.
    Of(Capability),
    /// It is a part of a creation, before or after the one that creates.
    Beside,
    /// It takes another step back, or signs the portal in.
    Auxiliary,
}

/// The rules of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    own: Vec<Rule>,
    usual: Vec<Rule>,
    /// The statuses that the step's own rules are about; all, where it is `None`.
    named: Option<Statuses>,
}

impl Rules {
    /// Reads the field `rules`. For the statuses that none of them names, the
    /// rules of a plain REST API hold; that a service asks for patience is
    /// understood all the same.
    pub fn read(table: &mut Table<'_>, purpose: Purpose) -> Self {
        let usual = Self::usual(purpose);
        let Some(entries) = table.optional::<Vec<Value>>("rules") else {
            return Self { own: Vec::new(), usual, named: Some(Statuses::none()) };
        };
        let mut own = Vec::new();
        let mut named = Some(Statuses::none());
        for (at, entry) in entries.into_iter().enumerate() {
            let Some(mut table) = table.inner(&format!("rules/{at}"), entry) else { continue };
            let rule = Rule::read(&mut table, purpose);
            table.close();
            let Some(rule) = rule else { continue };
            match (&mut named, &rule.statuses) {
                (Some(named), Some(statuses)) => named.extend(statuses),
                (_, None) => named = None,
                (None, Some(_)) => {}
            }
            own.push(rule);
        }
        own.push(patience());
        // That it is a test target is never assumed: one of its rules says so.
        let is_assumed =
            |rule: &Rule| purpose != Purpose::Of(Capability::Attest) || rule.verdict != Verdict::Ok;
        let usual = usual.into_iter().filter(is_assumed).collect();
        Self { own, usual, named }
    }

    fn usual(purpose: Purpose) -> Vec<Rule> {
        let refused = Rule::on(&[401..=401, 403..=403], Verdict::Denied);
        let rejected = Rule::on(&[400..=499], Verdict::Rejected);
        let busy = Rule::on(&[500..=599], Verdict::Retry);
        let fine = Rule::on(&[200..=299], Verdict::Ok);
        let absent = Rule::on(&[404..=404, 410..=410], Verdict::Absent);
        match purpose {
            // A 5xx may come after the work was done: no rule, so unknown.
            Purpose::Of(Capability::Create) => vec![
                Rule::on(&[200..=299], Verdict::Created),
                Rule::on(&[409..=409], Verdict::Exists),
                refused,
                patience(),
                rejected,
            ],
            Purpose::Beside => {
                vec![fine, Rule::on(&[409..=409], Verdict::Exists), refused, patience(), rejected]
            }
            Purpose::Auxiliary | Purpose::Of(Capability::Verify | Capability::List | Capability::Attest) => {
                vec![fine, refused, patience(), busy, rejected]
            }
            // Of the 5xx, only 503 says that nothing was done.
            Purpose::Of(Capability::Reset | Capability::Disable | Capability::Enable) => {
                vec![fine, absent, refused, patience(), Rule::on(&[503..=503], Verdict::Retry), rejected]
            }
            // 202 is a promise, no proof; the next attempt will meet a 404.
            Purpose::Of(Capability::Delete) => vec![
                Rule::on(&[202..=202], Verdict::Retry),
                fine,
                absent,
                refused,
                patience(),
                busy,
                rejected,
            ],
            // Any other 4xx does not say whether the account is there.
            Purpose::Of(Capability::Gone) => vec![absent, fine, refused, patience(), busy],
        }
    }

    /// What the answer says. Where a rule would have to look into a body that
    /// was not read to its end, nothing can be said.
    pub fn decide(&self, reply: &Reply) -> Decision {
        let status = reply.status.as_u16();
        let is_usual = self.named.as_ref().is_some_and(|named| !named.hold(status));
        let usual = self.usual.iter().filter(|_| is_usual);
        let fitting = self.own.iter().chain(usual);
        let candidates = fitting.filter(|rule| rule.statuses.as_ref().is_none_or(|set| set.hold(status)));
        let mut looked = None;
        for rule in candidates {
            if reply.is_cut() && rule.looks.iter().any(Look::needs_body) {
                break;
            }
            if rule.looks.is_empty() {
                return Decision { verdict: rule.verdict, by: looked.or(Some(rule)).cloned() };
            }
            if rule.looks.iter().all(|look| look.met(reply)) {
                return Decision { verdict: rule.verdict, by: Some(rule.clone()) };
            }
            looked = looked.or(Some(rule));
        }
        Decision { verdict: Verdict::Unknown, by: looked.cloned() }
    }
}

fn patience() -> Rule {
    Rule::on(&[408..=408, 425..=425, 429..=429], Verdict::Retry)
}
