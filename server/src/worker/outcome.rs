//! What can come of an attempt on a service.

use std::time::Duration;

use crate::connectors::{Call, Class, ConnectorError};

/// What came of an attempt.
pub(super) enum Outcome {
    /// The service confirmed the account.
    Created { remote_id: Option<String>, call: Call },
    /// The name is a stranger's.
    Taken { call: Call },
    /// The service proved that the account is gone.
    Removed { call: Call },
    /// Not this time.
    Postponed { why: String, call: Option<Call>, asked_for: Option<Duration> },
    /// Not ever.
    GivenUp { why: String, call: Option<Call> },
}

impl Outcome {
    /// What a failed call means for an account that is being created.
    pub fn of_failed_creation(error: &ConnectorError) -> Self {
        match error.class() {
            Class::Permanent => Self::GivenUp { why: error.to_string(), call: error.call().cloned() },
            Class::Transient | Class::Unknown => Self::postponed(error),
        }
    }

    /// There will be another attempt.
    pub fn postponed(error: &ConnectorError) -> Self {
        Self::Postponed {
            why: error.to_string(),
            call: error.call().cloned(),
            asked_for: error.retry_after(),
        }
    }
}
