//! What to change in a service's table where a step of a check failed.

use domain::service::Capability;

use crate::connectors::{Call, ConnectorError};

/// What to change, in a sentence or two.
pub(super) fn advice(operation: Capability, error: &ConnectorError) -> String {
    let table: &str = operation.into();
    let status = |call: &Call| call.status.unwrap_or_default();
    match error {
        ConnectorError::Guarded { .. } if operation == Capability::Attest => {
            "If it is one, correct the rules of [service.http.attest].".to_owned()
        }
        ConnectorError::Guarded { .. } => "The operator decides that in understudy.toml.".to_owned(),
        ConnectorError::Misconfigured { .. } => format!("Correct [service.http.{table}]."),
        ConnectorError::NotOffered(_) => format!("Declare [service.http.{table}]."),
        ConnectorError::Unaddressable(_) => {
            "Let `create` tell it, for example by capture = { remote_id = \"/id\" }.".to_owned()
        }
        ConnectorError::Unreachable { .. } => "Is `base_url` right, and the service up?".to_owned(),
        ConnectorError::Unprepared { .. } => {
            "Look at [service.http.auth], and at whatever else goes before.".to_owned()
        }
        ConnectorError::TimedOut { .. } => {
            "Is it the right address? The operator's `call_timeout` says how long an answer may take."
                .to_owned()
        }
        ConnectorError::Denied { .. } => {
            format!(
                "Does [service.http.auth] say who the portal is as the service wants it, also for `{table}`?"
            )
        }
        ConnectorError::Retry { call, .. } => format!(
            "If {} means something else here, say so in the `rules` of [service.http.{table}].",
            status(call)
        ),
        ConnectorError::Rejected { call } => format!(
            "Is the request what the service expects? If {} means something else here, add a rule such as \
             {{ status = {}, outcome = \"{}\" }} to [service.http.{table}].",
            status(call),
            status(call),
            success(operation)
        ),
        ConnectorError::Unknown { call, .. } => match call.status {
            None => "Is it the right address?".to_owned(),
            Some(status) => format!(
                "Say what it means: add a rule such as {{ status = {status}, outcome = \"{}\" }} to \
                 [service.http.{table}], with a `pointer` or `body` where the status alone does not tell.",
                success(operation)
            ),
        },
    }
}

const fn success(operation: Capability) -> &'static str {
    match operation {
        Capability::Create => "created",
        Capability::Gone => "absent",
        Capability::Verify
        | Capability::Reset
        | Capability::Disable
        | Capability::Enable
        | Capability::Delete
        | Capability::List
        | Capability::Attest => "ok",
    }
}
