//! Who acts.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::{
    id::{PersonId, TokenId},
    people::{Person, Role},
    token::{Bound, Scope, Token},
};

/// Who acts: a person, an API token of a person, whoever sits at the
/// database's own command line, or the portal itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who signed in.
    Person(Person),
    /// A token, in its owner's name.
    Token {
        /// Who answers for it.
        owner: Person,
        /// The token.
        token: Token,
    },
    /// The command line beside the database.
    Operator,
    /// Expiry, retries and other work that nobody asked for in person.
    System,
}

/// What kind of actor it is, by its stable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActorKind {
    /// Somebody who signed in.
    Person,
    /// An API token.
    Token,
    /// The command line beside the database.
    Operator,
    /// The portal itself.
    System,
}

impl Actor {
    /// The person in whose name this is done; nobody for operator and system.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) | Self::Token { owner: person, .. } => Some(person),
            Self::Operator | Self::System => None,
        }
    }

    /// The token through which this is done.
    pub const fn token(&self) -> Option<&Token> {
        match self {
            Self::Token { token, .. } => Some(token),
            Self::Person(_) | Self::Operator | Self::System => None,
        }
    }

    /// What the token is bound to, if it is one of a CI run's.
    pub fn bound(&self) -> Option<&Bound> {
        self.token().and_then(|token| token.bound.as_ref())
    }

    /// The role: operator and system may do what an admin may.
    pub fn role(&self) -> Role {
        self.person().map_or(Role::Admin, |person| person.role)
    }

    /// Whether the token allows it; persons are not narrowed by scopes.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.token().is_none_or(|token| token.allows(scope))
    }

    /// How the actor is written into records that outlive it.
    pub fn reference(&self) -> ActorRef {
        let (kind, login) = match self {
            Self::Person(person) => (ActorKind::Person, person.login.as_str()),
            Self::Token { owner, .. } => (ActorKind::Token, owner.login.as_str()),
            Self::Operator => (ActorKind::Operator, "operator"),
            Self::System => (ActorKind::System, "system"),
        };
        ActorRef {
            kind,
            login: login.to_owned(),
            token: self.token().map(|token| token.name.as_str().to_owned()),
            person_id: self.person().map(|person| person.id),
            token_id: self.token().map(|token| token.id),
        }
    }
}

/// An actor as it stands in accounts and events, for good: nothing here
/// changes when the person or the token does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActorRef {
    /// What kind of actor it was.
    pub kind: ActorKind,
    /// The person's login, or `operator` or `system`.
    pub login: String,
    /// The token's name, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Which person; the portal's own business.
    #[serde(skip)]
    pub person_id: Option<PersonId>,
    /// Which token; the portal's own business.
    #[serde(skip)]
    pub token_id: Option<TokenId>,
}

/// An actor and the request in which it acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The request's id, where it came through a door that numbers them.
    pub request_id: Option<String>,
    /// By what a repetition of the request is recognised, where that was said.
    pub retry_key: Option<RetryKey>,
}

/// By what a repetition of a request is recognised: the header
/// `Idempotency-Key`, and what it belongs to.
///
/// The same key through another token, or on another path, is another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RetryKey {
    /// What the client sent: 1 to 255 visible ASCII characters.
    pub key: String,
    /// The request's method and path.
    pub target: String,
    /// The SHA-256 of the request's body, in hex.
    pub body_hash: String,
}

impl Caller {
    /// An actor in the request with that id.
    pub const fn new(actor: Actor, request_id: Option<String>) -> Self {
        Self { actor, request_id, retry_key: None }
    }
}

impl From<Actor> for Caller {
    fn from(actor: Actor) -> Self {
        Self::new(actor, None)
    }
}
