//! Trying a service out: whether its definition does what it says.

use serde::{Deserialize, Serialize};

use crate::{service::Capability, time::Timestamp};

/// What came of trying a service out with an account that was made for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceCheck {
    /// Whether every step went as it should.
    pub ok: bool,
    /// The steps, in the order in which they were made.
    pub steps: Vec<CheckStep>,
    /// What can be relied on: what the definition declares, but for what the
    /// check has disproved.
    pub capabilities: Vec<Capability>,
    /// What the definition declares and the service does not do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disproved: Vec<Capability>,
    /// When it was made.
    pub at: Timestamp,
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckStep {
    /// What was tried.
    pub name: String,
    /// Whether it went as it should.
    pub ok: bool,
    /// What happened; where it went wrong, also what to change in the table.
    pub detail: String,
    /// How long it took.
    pub took_ms: u64,
}
