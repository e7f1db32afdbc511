//! From what the rules say of an answer to what that means for the operation.

use std::time::Duration;

use domain::secret::Secret;

use super::{
    super::{Answer, Call, Change, ConnectorError, Creation, Presence, Removal, Verification},
    reply::Reply,
    rules::Verdict,
};

/// What an operation came to.
pub struct Judged {
    /// What the rules say of the answer that decided.
    pub verdict: Verdict,
    /// The call.
    pub call: Call,
    /// A credential that the service made itself.
    pub password: Option<Secret>,
    unclear: String,
    retry_after: Option<Duration>,
}

impl Judged {
    /// What that call came to.
    pub const fn of(verdict: Verdict, call: Call) -> Self {
        Self { verdict, call, password: None, unclear: String::new(), retry_after: None }
    }

    /// With what its answer says beside.
    pub fn with(self, reply: &Reply) -> Self {
        Self { unclear: unclear(reply), retry_after: reply.retry_after(), ..self }
    }

    /// The answer, where the verdict is an outcome of the operation, or what
    /// went wrong.
    pub fn answer<T>(self, outcome: impl Fn(Verdict) -> Option<T>) -> Result<Answer<T>, ConnectorError> {
        match outcome(self.verdict) {
            Some(outcome) => {
                let Self { call, password, .. } = self;
                Ok(Answer { outcome, remote_id: call.remote_id().cloned(), password, call })
            }
            None => Err(self.error()),
        }
    }

    /// What went wrong.
    pub fn error(self) -> ConnectorError {
        let call = self.call;
        match self.verdict {
            Verdict::Retry => ConnectorError::Retry { call, retry_after: self.retry_after },
            Verdict::Rejected => ConnectorError::Rejected { call },
            Verdict::Denied => ConnectorError::Denied { call },
            Verdict::Created
            | Verdict::Updated
            | Verdict::Exists
            | Verdict::Ok
            | Verdict::Absent
            | Verdict::Unknown => ConnectorError::Unknown { call, why: self.unclear },
        }
    }
}

/// What to say of an answer that nothing can be made of.
fn unclear(reply: &Reply) -> String {
    if reply.status.is_redirection() {
        "redirects are not followed, so `base_url` may have to name another scheme, host or path".to_owned()
    } else if reply.is_cut() {
        "the answer is too long to be read to its end".to_owned()
    } else if let Some(coding) = reply.coding() {
        format!("the answer is compressed ({coding}), which was not asked for and is never unpacked")
    } else {
        "none of the rules fits, and where rules speak of a status its usual meaning does not count"
            .to_owned()
    }
}

/// What the verdict says of a creation.
pub const fn creation(verdict: Verdict) -> Option<Creation> {
    match verdict {
        Verdict::Created => Some(Creation::Created),
        Verdict::Updated => Some(Creation::Updated),
        Verdict::Exists => Some(Creation::Exists),
        Verdict::Ok
        | Verdict::Absent
        | Verdict::Denied
        | Verdict::Retry
        | Verdict::Rejected
        | Verdict::Unknown => None,
    }
}

/// What the verdict says of a login.
pub const fn verification(verdict: Verdict) -> Option<Verification> {
    match verdict {
        Verdict::Ok => Some(Verification::Ok),
        Verdict::Denied => Some(Verification::Denied),
        Verdict::Absent => Some(Verification::Absent),
        Verdict::Created
        | Verdict::Updated
        | Verdict::Exists
        | Verdict::Retry
        | Verdict::Rejected
        | Verdict::Unknown => None,
    }
}

/// What the verdict says of a change.
pub const fn change(verdict: Verdict) -> Option<Change> {
    match verdict {
        Verdict::Ok => Some(Change::Done),
        Verdict::Absent => Some(Change::Absent),
        Verdict::Created
        | Verdict::Updated
        | Verdict::Exists
        | Verdict::Denied
        | Verdict::Retry
        | Verdict::Rejected
        | Verdict::Unknown => None,
    }
}

/// What the verdict says of a deletion.
pub const fn removal(verdict: Verdict) -> Option<Removal> {
    match verdict {
        Verdict::Ok => Some(Removal::Ok),
        Verdict::Absent => Some(Removal::Absent),
        Verdict::Created
        | Verdict::Updated
        | Verdict::Exists
        | Verdict::Denied
        | Verdict::Retry
        | Verdict::Rejected
        | Verdict::Unknown => None,
    }
}

/// What the verdict says of whether the account is gone.
pub const fn presence(verdict: Verdict) -> Option<Presence> {
    match verdict {
        Verdict::Ok => Some(Presence::Present),
        Verdict::Absent => Some(Presence::Gone),
        Verdict::Created
        | Verdict::Updated
        | Verdict::Exists
        | Verdict::Denied
        | Verdict::Retry
        | Verdict::Rejected
        | Verdict::Unknown => None,
    }
}
