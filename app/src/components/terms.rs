//! The terms on which a service gives accounts out.

use domain::service::{Approval, Policy};

/// The terms, each in a few words.
pub(crate) fn terms(policy: &Policy) -> [String; 5] {
    [
        text!("service-lease", default = policy.default_ttl.to_string(), max = policy.max_ttl.to_string()),
        approval(policy.approval),
        text!("service-quota", count = policy.max_active_per_person),
        text!("service-password", length = policy.password.length),
        text!("service-concurrency", count = policy.concurrency),
    ]
}

/// Whether somebody has to agree.
pub(crate) fn approval(approval: Approval) -> String {
    match approval {
        Approval::Auto => text!("approval-auto"),
        Approval::Manager => text!("approval-manager"),
    }
}
