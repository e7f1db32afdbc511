//! Why a call to a service did not do what it was for.

use std::{fmt, time::Duration};

use domain::service::Capability;

use super::{Call, Left};

/// What a failure means for what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing was done; another attempt may succeed.
    Transient,
    /// Nothing was done, and another attempt would fare no better.
    Permanent,
    /// It may have been done, now or a little later: find out, never assume.
    Unknown,
}

/// A call that did not lead to an answer that can be worked with.
///
/// It prints as what was called, what came back and what happens next, with
/// no secret in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The portal's own guard refused the call; nothing was sent.
    Guarded {
        /// What the call was for.
        operation: Capability,
        /// What the guard objects to.
        why: String,
    },
    /// The call could not be put together; nothing was sent.
    Misconfigured {
        /// What the call was for.
        operation: Capability,
        /// What is missing or wrong.
        why: String,
    },
    /// The service's definition has no such operation; nothing was sent.
    NotOffered(Capability),
    /// The service's own id for the account is not known and cannot be found;
    /// nothing was sent.
    Unaddressable(Capability),
    /// No connection came about; nothing was sent.
    Unreachable {
        /// The call.
        call: Call,
        /// Why not.
        why: String,
    },
    /// What has to go before, such as signing in, could not be done; nothing
    /// else was sent.
    Unprepared {
        /// The call that failed.
        call: Call,
        /// Why.
        why: String,
    },
    /// The request was sent, and no whole answer came in time.
    TimedOut {
        /// The call.
        call: Call,
    },
    /// The service asks to come back later.
    Retry {
        /// The call.
        call: Call,
        /// How much later, where it said so.
        retry_after: Option<Duration>,
    },
    /// The service will not do it.
    Rejected {
        /// The call.
        call: Call,
    },
    /// The service does not accept the portal's own credentials.
    Denied {
        /// The call.
        call: Call,
    },
    /// The answer broke off, or means nothing that the definition foresees.
    Unknown {
        /// The call.
        call: Call,
        /// What is wrong with the answer.
        why: String,
    },
}

impl ConnectorError {
    /// The definition asks for what cannot be.
    pub fn misconfigured(operation: Capability, why: impl ToString) -> Self {
        Self::Misconfigured { operation, why: why.to_string() }
    }

    /// What it means for what to do next.
    pub const fn class(&self) -> Class {
        match self {
            Self::Unreachable { .. } | Self::Unprepared { .. } | Self::Retry { .. } => Class::Transient,
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_)
            | Self::Rejected { .. }
            | Self::Denied { .. } => Class::Permanent,
            Self::TimedOut { .. } | Self::Unknown { .. } => Class::Unknown,
        }
    }

    /// Whether what was sent may still be done. An error in the middle of a
    /// deletion is only tried again, since being deleted twice does no harm;
    /// it may be carried out late all the same.
    pub const fn may_land(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Unknown { .. } => true,
            Self::Retry { call, .. } => matches!(call.status, Some(500..=502 | 504..=599)),
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_)
            | Self::Unreachable { .. }
            | Self::Unprepared { .. }
            | Self::Rejected { .. }
            | Self::Denied { .. } => false,
        }
    }

    /// The same, of a call that only went before what the operation is for:
    /// nothing of that was sent, so nothing can have been done.
    pub fn before(self, operation: Capability) -> Self {
        let of = |call: Call| Call { operation, ..call };
        match self {
            Self::Guarded { why, .. } => Self::Guarded { operation, why },
            Self::Misconfigured { why, .. } => Self::Misconfigured { operation, why },
            Self::NotOffered(_) => Self::NotOffered(operation),
            Self::Unaddressable(_) => Self::Unaddressable(operation),
            Self::Unreachable { call, why } => Self::Unreachable { call: of(call), why },
            Self::Unprepared { call, why } | Self::Unknown { call, why } => {
                Self::Unprepared { call: of(call), why }
            }
            Self::TimedOut { call } => {
                Self::Unprepared { call: of(call), why: "the rest waits for that".to_owned() }
            }
            Self::Retry { call, retry_after: Some(wait) } => {
                Self::Retry { call: of(call), retry_after: Some(wait) }
            }
            Self::Retry { call, retry_after: None } => {
                Self::Unprepared { call: of(call), why: "the service cannot do it now".to_owned() }
            }
            Self::Rejected { call } => {
                Self::Unprepared { call: of(call), why: "the service refuses to do it".to_owned() }
            }
            Self::Denied { call } => Self::Denied { call: of(call) },
        }
    }

    /// With how the operation was left.
    pub fn after(mut self, left: Left) -> Self {
        match &mut self {
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_) => {}
            Self::Unreachable { call, .. }
            | Self::Unprepared { call, .. }
            | Self::TimedOut { call }
            | Self::Retry { call, .. }
            | Self::Rejected { call }
            | Self::Denied { call }
            | Self::Unknown { call, .. } => call.left = Some(Box::new(left)),
        }
        self
    }

    /// A short, stable name of what went wrong.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Guarded { .. } => "guarded",
            Self::Misconfigured { .. } => "misconfigured",
            Self::NotOffered(_) => "not_offered",
            Self::Unaddressable(_) => "unaddressable",
            Self::Unreachable { .. } => "unreachable",
            Self::Unprepared { .. } => "unprepared",
            Self::TimedOut { .. } => "timed_out",
            Self::Retry { .. } => "retry",
            Self::Rejected { .. } => "rejected",
            Self::Denied { .. } => "denied",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether the portal's own guard refused a call.
    pub fn is_guarded(&self) -> bool {
        matches!(self, Self::Guarded { .. }) || self.left().is_some_and(|left| left.guarded)
    }

    /// How the operation was left, where it had begun.
    pub fn left(&self) -> Option<&Left> {
        self.call()?.left.as_deref()
    }

    /// How long the service asks to wait, where it said so.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retry { retry_after, .. } => *retry_after,
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_)
            | Self::Unreachable { .. }
            | Self::Unprepared { .. }
            | Self::TimedOut { .. }
            | Self::Rejected { .. }
            | Self::Denied { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// The call, where one was attempted.
    pub const fn call(&self) -> Option<&Call> {
        match self {
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_) => None,
            Self::Unreachable { call, .. }
            | Self::Unprepared { call, .. }
            | Self::TimedOut { call }
            | Self::Retry { call, .. }
            | Self::Rejected { call }
            | Self::Denied { call }
            | Self::Unknown { call, .. } => Some(call),
        }
    }

    /// Whether the service may be down: no answer came, or one from something
    /// in between that says so.
    pub const fn is_unanswered(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            // What says when to come back is there.
            Self::Retry { retry_after: Some(_), .. } => false,
            Self::Retry { call, .. } | Self::Unprepared { call, .. } | Self::Unknown { call, .. } => {
                matches!(call.status, None | Some(502..=504))
            }
            Self::Guarded { .. }
            | Self::Misconfigured { .. }
            | Self::NotOffered(_)
            | Self::Unaddressable(_)
            | Self::Rejected { .. }
            | Self::Denied { .. } => false,
        }
    }

    /// What the call was for.
    pub const fn operation(&self) -> Capability {
        match self {
            Self::Guarded { operation, .. }
            | Self::Misconfigured { operation, .. }
            | Self::NotOffered(operation)
            | Self::Unaddressable(operation) => *operation,
            Self::Unreachable { call, .. }
            | Self::Unprepared { call, .. }
            | Self::TimedOut { call }
            | Self::Retry { call, .. }
            | Self::Rejected { call }
            | Self::Denied { call }
            | Self::Unknown { call, .. } => call.operation,
        }
    }

    const fn next(&self) -> &'static str {
        match (self.operation(), self.class()) {
            (Capability::Delete | Capability::Gone, _) => {
                "It will be tried again until the account is proven gone."
            }
            (_, Class::Transient) => "It will be tried again.",
            (_, Class::Permanent) => "Trying again would not help.",
            (Capability::Create, Class::Unknown) => "It may have been done; this will be found out first.",
            (Capability::Verify, Class::Unknown) => "The login will be checked again.",
            (Capability::Reset | Capability::Disable | Capability::Enable, Class::Unknown) => {
                "It may have been done; it will be done again to be sure."
            }
            (Capability::List | Capability::Attest, Class::Unknown) => "It will be asked again.",
        }
    }
}

/// What the operation does to the account, as a verb.
const fn purpose(operation: Capability) -> &'static str {
    match operation {
        Capability::Create => "create",
        Capability::Verify => "verify",
        Capability::Reset => "reset",
        Capability::Disable => "disable",
        Capability::Enable => "enable",
        Capability::Delete => "delete",
        Capability::Gone => "look for",
        Capability::List => "find",
        Capability::Attest => "protect",
    }
}

impl ConnectorError {
    /// What was called and what came back, without what happens next.
    pub fn what(&self) -> String {
        What(self).to_string()
    }
}

struct What<'a>(&'a ConnectorError);

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", What(self), self.next())
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ConnectorError as E;
        match self.0 {
            E::Guarded { why, .. } => write!(f, "Nothing was sent: {why}."),
            E::Misconfigured { operation, why } => {
                let purpose = purpose(*operation);
                write!(f, "The call to {purpose} the account could not be put together: {why}.")
            }
            E::NotOffered(operation) => {
                let operation: &str = operation.into();
                write!(f, "The service's definition has no `{operation}`.")
            }
            E::Unaddressable(operation) => {
                let purpose = purpose(*operation);
                write!(
                    f,
                    "To {purpose} the account, the service's own id for it is needed: `remote_id` is not known, and \
                     neither `gone` nor `list` tells it."
                )
            }
            E::Unreachable { call, why } => write!(f, "{} could not be sent: {why}.", call.what),
            E::Unprepared { call, why } => write!(f, "{call}: {why}. Nothing else was sent."),
            E::TimedOut { call } => write!(f, "{call}."),
            E::Retry { call, retry_after: None } => {
                write!(f, "{call}: the service cannot do it now.")
            }
            E::Retry { call, retry_after: Some(wait) } => {
                write!(f, "{call}: the service asks to wait {} s.", wait.as_secs())
            }
            E::Rejected { call } => write!(f, "{call}: the service refuses to do it."),
            E::Denied { call } => write!(
                f,
                "{call}: the service does not accept the portal's own credentials; an operator has to correct \
                 its `secret` or `auth`."
            ),
            E::Unknown { call, why } => write!(f, "{call}: {why}."),
        }
    }
}
