//! What can come of an attempt on a service.

use std::time::Duration;

use crate::connectors::{Call, Class, ConnectorError};

/// What came of an attempt.
///
/// What the service told of itself is kept whatever came of it: an account
/// that it made under its own id can only be removed by that id.
pub(super) enum Outcome {
    /// The service confirmed the account.
    Created { remote_id: Option<String>, call: Call },
    /// The name is a stranger's.
    Taken { call: Call },
    /// The service proved that the account is gone.
    Removed { call: Call },
    /// Not this time.
    Postponed { why: String, call: Option<Call>, asked_for: Option<Duration>, remote_id: Option<String> },
    /// Not ever.
    GivenUp { why: String, call: Option<Call>, remote_id: Option<String> },
    /// Not ever, and the service has never heard of it.
    NothingSent { why: String },
}

impl Outcome {
    /// What a failed call means for an account that is being created, and of
    /// which the service may have told its own id.
    pub fn of_failed_creation(error: &ConnectorError, remote_id: Option<String>) -> Self {
        let (why, call) = (error.to_string(), error.call().cloned());
        match error.class() {
            Class::Permanent => Self::GivenUp { why, call, remote_id },
            Class::Transient | Class::Unknown => {
                Self::Postponed { why, call, asked_for: error.retry_after(), remote_id }
            }
        }
    }

    /// There will be another attempt to remove it.
    pub fn of_failed_removal(error: &ConnectorError) -> Self {
        Self::Postponed {
            why: error.to_string(),
            call: error.call().cloned(),
            asked_for: error.retry_after(),
            remote_id: None,
        }
    }
}
