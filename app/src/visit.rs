//! What a page knows of the visitor, beyond the portal itself.

use async_trait::async_trait;
use domain::{
    Problem, ProblemKind, Timestamp,
    actor::Caller,
    batch::CleanUp,
    id::{AccountId, SessionId},
    people::Person,
    problem::ProblemDocument,
    service::ServiceForm,
};
use serde::{Deserialize, Serialize};

use crate::{actions::RequestForm, pairs, paths};

/// One visitor's session, as the server keeps it.
#[async_trait]
pub trait Visit: Send + Sync {
    /// Who is signed in; [`ProblemKind::Unauthenticated`] when nobody is.
    async fn caller(&self) -> Result<Caller, Problem>;

    /// The id of this request.
    fn request_id(&self) -> Option<String>;

    /// The id of the session as its owner sees it.
    async fn session(&self) -> Result<Option<SessionId>, Problem>;

    /// Counts that the visitor gives their password once more, before it is
    /// looked at.
    ///
    /// # Errors
    /// It was wrong too often.
    fn password_is_tried(&self, by: &Caller) -> Result<(), Problem>;

    /// It was the right one, and does not count.
    fn password_was_right(&self, by: &Caller);

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
    /// A service was not registered or changed.
    ServiceRefused {
        /// What was typed.
        typed: ServiceForm,
        /// When the service had last been changed, where it was to be changed.
        seen: Option<Timestamp>,
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
    /// Something was done.
    Done {
        /// What.
        deed: Deed,
        /// To what, by its id or name, or to how many.
        to: String,
        /// Until when that holds, where it does not hold for good.
        until: Option<Timestamp>,
    },
    /// Something was not done.
    Refused {
        /// What was to be done.
        deed: Deed,
        /// To what, by its id or name.
        to: String,
        /// What was typed.
        typed: String,
        /// What is wrong with it.
        problem: ProblemDocument,
    },
}

/// What can be done by a button and at most one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Make a lease longer.
    Renew,
    /// Set a new password.
    Reset,
    /// Give an account to somebody else.
    HandOver,
    /// Leave it to who holds it, after all.
    CallOff,
    /// Disable an account.
    Freeze,
    /// Enable it again.
    Unfreeze,
    /// Take an account away.
    Revoke,
    /// Agree to a request.
    Approve,
    /// Refuse a request.
    Deny,
    /// Try to remove an account from a service at once.
    RetryRemoval,
    /// The same with all accounts that one may clean up.
    RetryRemovals,
    /// Take many accounts away.
    CleanUp,
    /// Agree to all requests of a batch.
    ApproveBatch,
    /// Refuse them.
    DenyBatch,
    /// Ask once more for what failed of a batch.
    RetryBatch,
    /// Keep a run's accounts from cleanups.
    KeepRun,
    /// Let a service give no new accounts out.
    PauseService,
    /// Let it give accounts out again.
    ResumeService,
    /// Do away with it.
    RetireService,
    /// Make right here where a service and the ledger differ.
    AdoptDrift,
    /// Make it right there.
    DeleteDrift,
    /// Leave it as it is.
    IgnoreDrift,
    /// Compare a service's accounts with the ledger.
    SweepService,
    /// Register one.
    RegisterService,
    /// Change its table.
    ChangeService,
    /// Try it out.
    CheckService,
    /// Give the portal its secret.
    SealSecret,
    /// Add somebody.
    AddPerson,
    /// Give somebody another role or team.
    ChangePerson,
    /// Shut somebody out.
    DisablePerson,
    /// Let somebody in again.
    EnablePerson,
    /// Make a one-time link for somebody.
    InvitePerson,
    /// Add a team.
    AddTeam,
    /// Call it something else.
    ChangeTeam,
    /// Do away with it.
    RemoveTeam,
    /// Issue a token.
    IssueToken,
    /// Make it worthless.
    RevokeToken,
    /// End one of one's sessions.
    EndSession,
    /// Choose another password.
    ChangeOwnPassword,
}

/// The form that chooses accounts to take away, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CleanUpForm {
    /// The run.
    pub run: String,
    /// The service, by slug.
    pub service: String,
    /// Labels, one `key=value` on each line.
    pub labels: String,
    /// The login of who asked.
    pub requested_by: String,
    /// How usernames begin.
    pub username_prefix: String,
    /// All that the visitor holds.
    pub mine: bool,
}

impl CleanUpForm {
    /// The command that the form means. Unreadable labels are reported
    /// together with whatever else is wrong.
    pub fn read(&self) -> Result<CleanUp, Problem> {
        let text = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        let labels = pairs::parse(&self.labels);
        let command = CleanUp {
            run: text(&self.run),
            service: text(&self.service),
            labels: labels.clone().unwrap_or_default(),
            requested_by: text(&self.requested_by),
            username_prefix: text(&self.username_prefix),
            mine: self.mine,
        };
        pairs::with_errors([("labels", labels)], || command.parse().map(drop))?;
        Ok(command)
    }

    /// The page that shows what the form selects.
    pub fn address(&self) -> String {
        let mine = self.mine.then_some("true");
        paths::with_query(
            paths::CLEAN_UP,
            &[
                ("run", Some(&self.run)),
                ("service", Some(&self.service)),
                ("labels", Some(&self.labels)),
                ("requested_by", Some(&self.requested_by)),
                ("username_prefix", Some(&self.username_prefix)),
                ("mine", mine),
            ],
        )
    }
}

impl Note {
    /// What was done of those deeds, and to what.
    pub(crate) fn done(&self, deeds: &[Deed]) -> Option<(Deed, &str)> {
        match self {
            Self::Done { deed, to, .. } if deeds.contains(deed) => Some((*deed, to)),
            Self::Refused { .. }
            | Self::Done { .. }
            | Self::RequestRefused { .. }
            | Self::ServiceRefused { .. }
            | Self::Requested { .. }
            | Self::Reveal { .. } => None,
        }
    }

    /// What was refused of those deeds, and to what it was to be done.
    pub(crate) fn refused(&self, deeds: &[Deed]) -> Option<(&str, Refused)> {
        match self {
            Self::Refused { deed, to, typed, problem } if deeds.contains(deed) => {
                let problem = Problem::from(problem.clone());
                Some((to, Refused { deed: *deed, typed: typed.clone(), problem }))
            }
            Self::Refused { .. }
            | Self::Done { .. }
            | Self::RequestRefused { .. }
            | Self::ServiceRefused { .. }
            | Self::Requested { .. }
            | Self::Reveal { .. } => None,
        }
    }
}

/// What was typed into a form of one field, and what is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// What was to be done.
    pub deed: Deed,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Whether somebody has to sign in first.
pub(crate) fn is_anonymous(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Unauthenticated
}
