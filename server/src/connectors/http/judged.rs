//! From what the rules say of an answer to what that means for the operation.

use std::time::Duration;

use super::{
    super::{Answer, Call, Change, ConnectorError, Creation, Presence, Removal, Verification},
    reply::Reply,
    rules::Verdict,
};

/// An answer that the rules have judged.
pub struct Judged {
    /// What they say.
    pub verdict: Verdict,
    /// The call.
    pub call: Call,
    /// What to say where the verdict is that it cannot be told.
    pub unclear: String,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// The service's own id for the account, or why it cannot be told.
    pub remote_id: Result<Option<String>, String>,
}

/// What to say of an answer that nothing can be made of.
pub fn unclear(reply: &Reply) -> String {
    if reply.status.is_redirection() {
        "redirects are not followed, so `base_url` may have to name another scheme, host or path".to_owned()
    } else if reply.is_cut() {
        "the answer is too long to be read to its end".to_owned()
    } else {
        "no rule says what this means".to_owned()
    }
}

impl Judged {
    /// The answer, where the verdict is an outcome of the operation, or what
    /// went wrong.
    pub fn answer<T>(self, outcome: impl Fn(Verdict) -> Option<T>) -> Result<Answer<T>, ConnectorError> {
        let call = self.call;
        if let Some(outcome) = outcome(self.verdict) {
            // Without the id that it needs later, the account could not be
            // addressed again: so a creation has to tell it.
            let remote_id = match (self.verdict, self.remote_id) {
                (Verdict::Created, Err(why)) => return Err(ConnectorError::Unknown { call, why }),
                (_, remote_id) => remote_id.ok().flatten(),
            };
            return Ok(Answer { outcome, remote_id, call });
        }
        Err(match self.verdict {
            Verdict::Retry => ConnectorError::Retry { call, retry_after: self.retry_after },
            Verdict::Rejected => ConnectorError::Rejected { call },
            Verdict::Denied => ConnectorError::Denied { call },
            Verdict::Created
            | Verdict::Updated
            | Verdict::Exists
            | Verdict::Ok
            | Verdict::Absent
            | Verdict::Unknown => ConnectorError::Unknown { call, why: self.unclear },
        })
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
