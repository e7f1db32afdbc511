//! What can come of an attempt on a service.

use std::time::Duration;

use crate::connectors::{Call, Class, ConnectorError};

/// What came of an attempt.
///
/// What the service told of itself is kept whatever came of it: an account
/// that it made under its own id can only be removed by that id.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The service confirmed the account.
    Created { remote_id: Option<String>, call: Call },
    /// The name is a stranger's.
    Taken { call: Call },
    /// The service has the password.
    Reset { remote_id: Option<String>, call: Call },
    /// The service has disabled the account, or enabled it.
    Switched { disabled: bool, call: Call },
    /// The service proved that the account is gone.
    Removed { proof: Vec<Call> },
    /// Not this time.
    Postponed(Setback),
    /// Not ever.
    GivenUp(Setback),
    /// Not ever, and the service has never heard of it.
    NothingSent { why: String },
    /// Something else is to be done there by now; nothing was sent.
    Overtaken,
    /// The claim ran out while a call was under way, or before.
    Lost,
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
    /// Whether what was sent may still be done.
    pub unsettled: bool,
    /// Whether the service did not answer at all.
    pub unanswered: bool,
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
            unsettled: false,
            unanswered: false,
        }
    }

    /// A call failed that changes nothing on the service.
    pub fn of_reading(error: &ConnectorError) -> Self {
        Self {
            call: error.call().cloned(),
            asked_for: error.retry_after(),
            unanswered: error.is_unanswered(),
            ..Self::untried(error.to_string())
        }
    }

    /// A call failed that may bring an account about, or open one again.
    pub fn of_writing(error: &ConnectorError) -> Self {
        Self { unsettled: error.class() == Class::Unknown, ..Self::of_reading(error) }
    }

    /// The same, of an account of which the service has told its own id.
    pub fn identified(self, remote_id: Option<String>) -> Self {
        Self { remote_id, ..self }
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
            Self::NothingSent { .. } | Self::Overtaken | Self::Lost => None,
        }
    }
}
