//! The names of the states, and which change is legal where.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Where an account stands in its life.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AccountState {
    /// Waits for approval; no service knows of it.
    Requested,
    /// Is being created on its services.
    Provisioning,
    /// Exists on every service; leased.
    Active,
    /// Exists, disabled, on every service; leased.
    Frozen,
    /// Is being removed from its services.
    Revoking,
    /// Proven gone from every service.
    Revoked,
    /// A manager said no.
    Denied,
    /// Its requester took the request back.
    Withdrawn,
    /// Nobody decided in time.
    Lapsed,
    /// Could not be created, and is proven gone from every service.
    Failed,
}

impl AccountState {
    /// Whether nothing will ever change again.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Revoked | Self::Denied | Self::Withdrawn | Self::Lapsed | Self::Failed => true,
            Self::Requested | Self::Provisioning | Self::Active | Self::Frozen | Self::Revoking => false,
        }
    }
}

/// Why an account ended, or is ending.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// Somebody gave it back or took it away.
    Revoked,
    /// Its lease ran out.
    Expired,
    /// A cleanup met it.
    CleanedUp,
    /// It could not be created.
    Failed,
    /// A manager said no.
    Denied,
    /// Its requester took the request back.
    Withdrawn,
    /// Nobody decided in time.
    Lapsed,
}

impl EndReason {
    /// The state in which an account rests once it is gone for this reason.
    pub const fn final_state(self) -> AccountState {
        match self {
            Self::Revoked | Self::Expired | Self::CleanedUp => AccountState::Revoked,
            Self::Failed => AccountState::Failed,
            Self::Denied => AccountState::Denied,
            Self::Withdrawn => AccountState::Withdrawn,
            Self::Lapsed => AccountState::Lapsed,
        }
    }
}

/// Where an account stands on one of its services.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EnrollmentState {
    /// Nothing was sent yet.
    Pending,
    /// At least one creation was attempted; the outcome is not known to be final.
    Creating,
    /// Exists, and its login was verified where that is possible.
    Active,
    /// Is to be removed.
    Removing,
    /// Proven gone.
    Removed,
}

/// A change that the present state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The account's state forbids it.
    #[error("an account that is {state} cannot be {wanted}{}", after_all(*way_out))]
    Account {
        /// The state it is in.
        state: AccountState,
        /// What was to be done, as a participle.
        wanted: &'static str,
        /// What makes it possible, where something does.
        way_out: Option<&'static str>,
    },
    /// The enrollment's state forbids it.
    #[error("an enrollment that is {state} cannot be {wanted}")]
    Enrollment {
        /// The state it is in.
        state: EnrollmentState,
        /// What was to be done, as a participle.
        wanted: &'static str,
    },
    /// The account is on its way to somebody.
    #[error("the account is being handed over already; call that off first")]
    OnItsWay,
    /// The account is not on its way to anybody.
    #[error("the account is not being handed over")]
    NotOnItsWay,
    /// The account has no such enrollment.
    #[error("the account has no such enrollment")]
    UnknownEnrollment,
}

fn after_all(way_out: Option<&str>) -> String {
    way_out.map(|way_out| format!("; {way_out}")).unwrap_or_default()
}
