//! How the portal talks to the services on which it creates accounts.
//!
//! A service is described by a table, not by code: [`ServiceDefinition`] is
//! the checked table, [`Connectors`] turns it into a [`Connector`], whose
//! calls all go through one HTTP client that asks the [`Guard`] first.

pub mod address;
pub mod definition;
mod error;
pub mod guard;
pub mod http;
pub mod preset;
pub mod secret_reference;
mod times;

use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use domain::{id::AccountId, secret::Secret, service::Capability};

pub use definition::ServiceDefinition;
pub use error::{Class, ConnectorError};
pub use guard::{Guard, GuardSettings};
pub use http::{ClientUnavailable, Connectors, Limits};
pub use secret_reference::SecretReference;
pub use times::CallTimes;

/// The account that a call is about.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account's id in the portal.
    pub account_id: AccountId,
    /// Its username on the service.
    pub username: String,
    /// Its e-mail address.
    pub email: String,
    /// Its password.
    pub password: Secret,
    /// What else the service is to be told.
    pub attributes: BTreeMap<String, String>,
    /// The service's own id for it, where the service told one.
    pub remote_id: Option<String>,
}

/// Does on one service what is done with accounts.
///
/// No method tries twice: when to try again is the caller's decision, who has
/// written down beforehand that it is about to try.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What the service's definition offers.
    fn capabilities(&self) -> Vec<Capability>;

    /// Creates the account.
    async fn create(&self, who: &Identity) -> Result<Answer<Creation>, ConnectorError>;

    /// Checks that the account's login works.
    async fn verify(&self, who: &Identity) -> Result<Answer<Verification>, ConnectorError>;

    /// Gives the account the password that `who` has.
    async fn reset(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError>;

    /// Lets nobody sign in with the account for the time being.
    async fn disable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError>;

    /// Lets the account be used again.
    async fn enable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError>;

    /// Deletes the account.
    async fn delete(&self, who: &Identity) -> Result<Answer<Removal>, ConnectorError>;

    /// Looks whether the account is really gone.
    async fn gone(&self, who: &Identity) -> Result<Answer<Presence>, ConnectorError>;
}

/// The service answered, and the answer is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the answer says.
    pub outcome: T,
    /// The service's own id for the account, where the answer told it.
    pub remote_id: Option<String>,
    /// The call that was made.
    pub call: Call,
}

/// How the creation of an account went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// There was none; now there is.
    Created,
    /// There was one of that name already, and it now has this password.
    Updated,
    /// There is one of that name already, and it was left as it was.
    Exists,
}

/// Whether a login works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It works.
    Ok,
    /// The service does not accept it.
    Denied,
    /// There is no such account.
    Absent,
}

/// How a change to an account went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as it should be.
    Done,
    /// There is no such account.
    Absent,
}

/// How the deletion of an account went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It was deleted.
    Ok,
    /// There is no such account, which is just as good.
    Absent,
}

/// Whether the service still has the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has none of that name.
    Gone,
    /// It has it.
    Present,
}

/// One call to a service, told without any secret: fit for an event, and as
/// the proof of what the service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What the call was for.
    pub operation: Capability,
    /// Method and path, such as `POST /create_account`.
    pub what: String,
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// What the answer said at the place that decided, such as `/ok is false`.
    pub finding: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.took.as_millis();
        match (self.status, &self.finding) {
            (Some(status), Some(finding)) => {
                write!(f, "{} answered {status} ({finding}) after {millis} ms", self.what)
            }
            (Some(status), None) => write!(f, "{} answered {status} after {millis} ms", self.what),
            (None, _) => write!(f, "{} got no answer within {millis} ms", self.what),
        }
    }
}
