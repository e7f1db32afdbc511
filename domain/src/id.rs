//! Identifiers: UUIDv7 (RFC 9562), each with a type of its own.
//!
//! A UUIDv7 begins with its time of creation, so sorting by id is sorting by
//! age; every list of the portal is keyed by that.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A test account.
    AccountId
    /// Many accounts asked for, or taken away, as one.
    BatchId
    /// An account's presence on one service.
    EnrollmentId
    /// One record of the audit trail.
    EventId
    /// Somebody who can sign in.
    PersonId
    /// A microservice on which accounts are created.
    ServiceId
    /// An API token.
    TokenId
}
