//! Identifiers: UUIDv7 (RFC 9562), each with a type of its own.
//!
//! A UUIDv7 begins with its time of creation, so sorting by id is sorting by
//! age; every list of the portal is keyed by that.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no id; an id looks like 019a4f6e-2b7c-7d10-9c3e-5a1f0b8d6e42")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self).map_err(|_| InvalidId)
            }
        }
    )*};
}

ids! {
    /// A test account.
    AccountId
    /// Many accounts asked for, or taken away, as one.
    BatchId
    /// One difference between a service and the ledger.
    DriftId
    /// An account's presence on one service.
    EnrollmentId
    /// One record of the audit trail.
    EventId
    /// Somebody who can sign in.
    PersonId
    /// A microservice on which accounts are created.
    ServiceId
    /// Somebody's session at a browser.
    SessionId
    /// An API token.
    TokenId
}
