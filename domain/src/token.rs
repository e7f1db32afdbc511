//! API tokens and what they allow.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::{
    id::TokenId,
    problem::{Checks, Problem},
    secret::Secret,
    text::{Login, Name, RunName, Slug},
    time::{Timestamp, Ttl, TtlText},
};

/// One thing that a token may be narrowed to.
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
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// See accounts.
    #[serde(rename = "accounts:read")]
    #[strum(serialize = "accounts:read")]
    AccountsRead,
    /// Request, reveal, renew and revoke accounts.
    #[serde(rename = "accounts:write")]
    #[strum(serialize = "accounts:write")]
    AccountsWrite,
    /// See services.
    #[serde(rename = "services:read")]
    #[strum(serialize = "services:read")]
    ServicesRead,
    /// Register and change services.
    #[serde(rename = "services:write")]
    #[strum(serialize = "services:write")]
    ServicesWrite,
    /// Read the audit.
    #[serde(rename = "events:read")]
    #[strum(serialize = "events:read")]
    EventsRead,
}

/// An API token: what is known of it, never its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// The token's id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: Name,
    /// Who answers for it.
    pub owner: Login,
    /// What it is narrowed to; empty means all that its owner's role may.
    pub scopes: Vec<Scope>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// From when it is worth nothing.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to five minutes.
    #[serde(default)]
    pub used_at: Option<Timestamp>,
    /// The CI run to which it is bound, where a CI provider's identity token
    /// was exchanged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
}

/// What a token is bound to that one CI run got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bound {
    /// The run: the token sees and makes accounts of this one only.
    pub run: RunName,
    /// The services on which it may ask for accounts; empty means all of its
    /// team's.
    pub services: Vec<Slug>,
    /// How many accounts the run may hold at a time.
    pub quota: Option<u32>,
}

impl Bound {
    /// Whether something may name that run; whatever names none is of this one.
    ///
    /// # Errors
    /// It is another run's.
    pub fn admits(&self, run: Option<&RunName>) -> Result<(), Problem> {
        match run {
            Some(run) if *run != self.run => {
                Err(Problem::invalid("/run", format!("must be {}: this token is bound to it", self.run)))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Token {
    /// The lifetime where none is asked for.
    pub const DEFAULT_TTL: Ttl = Ttl::days(90);
    /// How old the note of its last use may become, in milliseconds: each use
    /// would else be a write.
    pub const USE_NOTED_EVERY: i64 = 5 * 60 * 1_000;
    /// The longest lifetime.
    pub const MAX_TTL: Ttl = Ttl::days(366);

    /// Whether the token allows what the scope names.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.is_empty() || self.scopes.contains(&scope)
    }
}

/// A token is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IssueToken {
    /// What to call it.
    pub name: String,
    /// What to narrow it to; left out or empty, all that its owner's role may.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How long it is good for; 90 days unless said otherwise, 366 at most.
    #[serde(default)]
    pub ttl: Option<TtlText>,
}

/// A checked [`IssueToken`].
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// What to call it.
    pub name: Name,
    /// What to narrow it to.
    pub scopes: Vec<Scope>,
    /// How long it is good for.
    pub ttl: Ttl,
}

impl IssueToken {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<TokenRequest, Problem> {
        let mut checks = Checks::new();
        let name = checks.field("/name", self.name.parse());
        let mut scopes = Vec::new();
        for (at, scope) in self.scopes.iter().enumerate() {
            let scope = scope.parse::<Scope>().map_err(|_| {
                let known: Vec<&str> = Scope::iter().map(Into::into).collect();
                format!("must be one of {}", known.join(", "))
            });
            scopes.extend(checks.field(format!("/scopes/{at}"), scope));
        }
        scopes.sort_unstable();
        scopes.dedup();
        let ttl =
            checks.optional("/ttl", self.ttl.as_ref().map(TtlText::parse)).unwrap_or(Token::DEFAULT_TTL);
        if ttl > Token::MAX_TTL {
            checks.note("/ttl", format!("must be at most {}", Token::MAX_TTL));
        }
        checks.finish()?;
        let name = name.ok_or_else(Problem::internal)?;
        Ok(TokenRequest { name, scopes, ttl })
    }
}

/// A token that was just issued, with its text: the only time that it is seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssuedToken {
    /// What is known of it from now on.
    #[serde(flatten)]
    pub token: Token,
    /// The text to send as `Authorization: Bearer …`; never again after the
    /// first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Secret>,
}
