//! What a page knows of the visitor, beyond the portal itself.

use async_trait::async_trait;
use domain::{
    Problem, ProblemKind, Timestamp, actor::Caller, id::AccountId, people::Person, problem::ProblemDocument,
};
use serde::{Deserialize, Serialize};

/// One visitor's session, as the server keeps it.
#[async_trait]
pub trait Visit: Send + Sync {
    /// Who is signed in; [`ProblemKind::Unauthenticated`] when nobody is.
    async fn caller(&self) -> Result<Caller, Problem>;

    /// The id of this request.
    fn request_id(&self) -> Option<String>;

    /// Signs the person in, under a new session id.
    async fn begin(&self, person: &Person) -> Result<(), Problem>;

    /// Signs out: the session is gone.
    async fn end(&self) -> Result<(), Problem>;

    /// Leaves a note for the next page that is shown. A newer note takes the
    /// place of an older one.
    async fn leave_note(&self, note: Note) -> Result<(), Problem>;

    /// Takes the note that was left; it is gone then.
    async fn take_note(&self) -> Result<Option<Note>, Problem>;
}

/// What a server function leaves for the page to which it sends the browser:
/// never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A request for an account was refused.
    RequestRefused {
        /// What was typed.
        typed: RequestForm,
        /// What is wrong with it.
        problem: ProblemDocument,
    },
    /// An account was asked for.
    Requested {
        /// Which.
        account: AccountId,
    },
    /// The account's credentials are to be shown, once.
    Reveal {
        /// Whose.
        account: AccountId,
    },
    /// The lease was made longer.
    Renewed {
        /// Whose.
        account: AccountId,
        /// When it ends now.
        until: Option<Timestamp>,
    },
    /// The lease was not made longer.
    RenewRefused {
        /// Whose.
        account: AccountId,
        /// What was typed.
        ttl: String,
        /// What is wrong with it.
        problem: ProblemDocument,
    },
    /// The account is being taken away.
    Revoked {
        /// Which.
        account: AccountId,
    },
    /// The account was not taken away.
    RevokeRefused {
        /// Which.
        account: AccountId,
        /// Why not.
        problem: ProblemDocument,
    },
}

/// The form that asks for an account, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestForm {
    /// The chosen services, by slug.
    pub services: Vec<String>,
    /// Why.
    pub purpose: String,
    /// The ticket.
    pub ticket: String,
    /// How long.
    pub ttl: String,
    /// Labels, one `key=value` on each line.
    pub labels: String,
    /// What to recognise in the username.
    pub hint: String,
}

impl Note {
    /// The account that the note is about.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::RequestRefused { .. } => None,
            Self::Requested { account }
            | Self::Reveal { account }
            | Self::Renewed { account, .. }
            | Self::RenewRefused { account, .. }
            | Self::Revoked { account }
            | Self::RevokeRefused { account, .. } => Some(*account),
        }
    }
}

/// Whether somebody has to sign in first.
pub(crate) fn is_anonymous(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Unauthenticated
}
