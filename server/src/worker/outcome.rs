//! What goes before an attempt on a service, and what can come of it.

use std::time::Duration;

use domain::{Enrollment, Timestamp, secret::Secret};

use crate::connectors::{Call, Class, ConnectorError, Identity};

/// What went before an attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// Whether it is the first one at what is wanted now.
    pub is_first: bool,
    /// Whether the service has refused to create the account, and never said
    /// anything else that could mean that it is there.
    pub was_refused: bool,
    /// For how long something may still be done on the service that was sent
    /// there earlier, and whose outcome was never heard.
    may_land_for: Option<Duration>,
}

impl Before {
    /// What went before the attempt that is made now.
    pub fn of(enrollment: &Enrollment, now: Timestamp) -> Self {
        let left = |until: Timestamp| u64::try_from(until.millis_since(now)).ok().filter(|left| *left > 0);
        Self {
            is_first: enrollment.attempts <= 1,
            was_refused: enrollment.failure.is_some()
                && enrollment.remote_id.is_none()
                && enrollment.unsettled_until.is_none(),
            may_land_for: enrollment.unsettled_until.and_then(left).map(Duration::from_millis),
        }
    }

    /// Why the attempt has to wait, where something may still land.
    pub fn unsettled(&self) -> Option<Setback> {
        let why = "An earlier call of which no answer was heard may still be carried out on the service. It is tried \
                   again after that.";
        self.may_land_for.map(|left| Setback { asked_for: Some(left), ..Setback::untried(why) })
    }

    /// That a change has to wait, unless whatever may land was sent for what is
    /// wanted now.
    pub fn held(&self) -> Option<Outcome> {
        self.unsettled().filter(|_| self.is_first).map(Outcome::Held)
    }
}

/// What came of an attempt.
///
/// What the service told of itself is kept whatever came of it: an account
/// that it made under its own id can only be removed by that id.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The service confirmed the account.
    Created { told: TargetTold, call: Call },
    /// The name is a stranger's.
    Taken { call: Call },
    /// The service has the password.
    Reset { told: TargetTold, call: Call },
    /// The service has disabled the account, or enabled it.
    Switched { disabled: bool, own_secret: Option<Secret>, call: Call },
    /// The service proved that the account is gone.
    Removed { proof: Vec<Call> },
    /// The service refused to create the account, so there is nothing to remove.
    NeverThere,
    /// Not this time.
    Postponed(Setback),
    /// Not yet: the attempt was not made.
    Held(Setback),
    /// Not ever.
    GivenUp(Setback),
    /// Not ever, and the service has never heard of it.
    NothingSent(Setback),
    /// Something else is to be done there by now; nothing was sent.
    Overtaken,
    /// The claim ran out while a call was under way, or before.
    Lost,
}

/// What a service told of an account that it has.
#[derive(Debug)]
pub(super) struct TargetTold {
    /// Its own id for it.
    pub remote_id: Option<String>,
    /// The credential that it made itself.
    pub own_secret: Option<Secret>,
}

impl From<&Identity> for TargetTold {
    fn from(who: &Identity) -> Self {
        Self { remote_id: who.remote_id.clone(), own_secret: who.own_secret.clone() }
    }
}

/// Why an attempt did not succeed.
#[derive(Debug)]
pub(super) struct Setback {
    /// What happened, in a sentence for people.
    pub why: String,
    /// The call that decided it, if one was made.
    pub call: Option<Call>,
    /// How long the service asked to be left alone.
    pub asked_for: Option<Duration>,
    /// The service's own id for the account, where it told one.
    pub remote_id: Option<String>,
    /// Whether the id that was known so far is worth nothing: that account was
    /// deleted, to be created again.
    pub id_is_stale: bool,
    /// Whether what was sent may still be done.
    pub unsettled: bool,
    /// Whether the service did not answer at all.
    pub unanswered: bool,
    /// Whether the portal's own guard refused the call.
    pub guarded: bool,
}

impl Setback {
    /// The service answered, but not as it should.
    pub fn answered(why: impl Into<String>, call: Call) -> Self {
        Self { call: Some(call), ..Self::untried(why) }
    }

    /// Nothing was sent.
    pub fn untried(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            call: None,
            asked_for: None,
            remote_id: None,
            id_is_stale: false,
            unsettled: false,
            unanswered: false,
            guarded: false,
        }
    }

    /// A call failed that changes nothing on the service, or nothing that
    /// matters should it land late.
    pub fn of_reading(error: &ConnectorError) -> Self {
        Self {
            remote_id: error.call().and_then(Call::remote_id).cloned(),
            call: error.call().cloned(),
            asked_for: error.retry_after(),
            unanswered: error.is_unanswered(),
            guarded: error.is_guarded(),
            ..Self::untried(error.to_string())
        }
    }

    /// A call failed that changes the service's account, or brings it about.
    pub fn of_writing(error: &ConnectorError) -> Self {
        // What an earlier step made, and told no id of, must not pass for
        // something that was never there.
        let is_lost = error.left().is_some_and(|left| left.lost);
        Self { unsettled: error.may_land() || is_lost, ..Self::of_reading(error) }
    }

    /// The same, of an account of which the service has told its own id
    /// before, unless it has just told another.
    pub fn identified(self, remote_id: Option<String>) -> Self {
        Self { remote_id: self.remote_id.or(remote_id), ..self }
    }

    /// The same, after the account that was there has been deleted.
    pub fn deleted_before(self) -> Self {
        Self { id_is_stale: true, ..self }
    }
}

impl Outcome {
    /// What a failed call means for an account that is being created.
    pub fn of_failed_creation(error: &ConnectorError, remote_id: Option<String>) -> Self {
        let setback = Setback::of_writing(error).identified(remote_id);
        match error.class() {
            Class::Permanent => Self::GivenUp(setback),
            Class::Transient | Class::Unknown => Self::Postponed(setback),
        }
    }

    /// Why the guard refused the call, where it did.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Postponed(setback) | Self::GivenUp(setback) | Self::NothingSent(setback) => {
                setback.guarded.then_some(&setback.why)
            }
            Self::Created { .. }
            | Self::Taken { .. }
            | Self::Reset { .. }
            | Self::Switched { .. }
            | Self::Removed { .. }
            | Self::NeverThere
            | Self::Held(_)
            | Self::Overtaken
            | Self::Lost => None,
        }
    }

    /// Whether the service answers; `None` where that was not seen.
    pub const fn answered(&self) -> Option<bool> {
        match self {
            Self::Created { .. }
            | Self::Taken { .. }
            | Self::Reset { .. }
            | Self::Switched { .. }
            | Self::Removed { .. } => Some(true),
            Self::Postponed(setback) | Self::GivenUp(setback) => {
                if setback.call.is_some() {
                    Some(!setback.unanswered)
                } else {
                    None
                }
            }
            Self::NothingSent(_) | Self::NeverThere | Self::Held(_) | Self::Overtaken | Self::Lost => None,
        }
    }
}
