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
pub mod service_file;
pub mod service_form;
pub mod service_secrets;
mod times;

use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use domain::{id::AccountId, secret::Secret, service::Capability};
use serde_json::{Value, json};

pub use definition::{ServiceDefinition, Unfit};
pub use error::{Class, ConnectorError};
pub use guard::{Guard, GuardSettings};
pub use http::{ClientUnavailable, Connectors, Limits, Listed, Registered};
pub use secret_reference::SecretReference;
pub use service_file::ServiceFile;
pub use service_secrets::{SealedSecrets, SecretOf, ServiceSecrets, VaultSettings};
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
    /// The credential that the service made itself, where it did, in place of
    /// that password.
    pub own_secret: Option<Secret>,
    /// What else the service is to be told.
    pub attributes: BTreeMap<String, String>,
    /// The service's own id for it, where the service told one.
    pub remote_id: Option<String>,
}

impl Identity {
    /// What one signs in with.
    pub const fn credential(&self) -> &Secret {
        match &self.own_secret {
            Some(own) => own,
            None => &self.password,
        }
    }
}

/// Why an attribute does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It is needed, and not there.
    Missing,
    /// It cannot stand where the service's definition has it; why.
    Unusable(String),
}

/// Does on one service what is done with accounts.
///
/// No method tries twice: when to try again is the caller's decision, who has
/// written down beforehand that it is about to try.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What the service's definition offers.
    fn capabilities(&self) -> Vec<Capability>;

    /// What stands in the way of an account with these attributes, by the
    /// attribute's name.
    fn objections(&self, attributes: &BTreeMap<String, String>) -> BTreeMap<String, Objection>;

    /// As whom one signs in with the account.
    fn sign_in_as(&self, who: &Identity) -> String;

    /// Whether an account can be created again under its name after it was
    /// deleted.
    fn can_create_again(&self) -> bool;

    /// Creates the account.
    async fn create(&self, who: &Identity, name: Name) -> Result<Answer<Creation>, ConnectorError>;

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

    /// The accounts whose names begin so.
    async fn list(&self, prefix: &str) -> Result<Listing, ConnectorError>;

    /// Asks the service whether it is a test target.
    async fn attest(&self) -> Result<Call, ConnectorError>;
}

/// Whose a name is on a service that has it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A stranger's: it was never sent there before.
    New,
    /// Ours: an earlier attempt may have been carried out.
    Ours,
}

/// The accounts that a service has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The accounts.
    pub accounts: Vec<Listed>,
    /// The last of the calls that were made.
    pub call: Call,
}

/// The service answered, and the answer is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the answer says.
    pub outcome: T,
    /// The service's own id for the account, as far as it is known.
    pub remote_id: Option<String>,
    /// The credential that the service made itself, in place of ours.
    pub password: Option<Secret>,
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
    /// How the operation that it belongs to was left.
    pub left: Option<Box<Left>>,
}

/// How an operation was left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The calls that took back what had been done.
    pub undone: Vec<String>,
    /// The service's own id for the account, as far as it was told by then:
    /// also where the operation failed later on.
    pub remote_id: Option<String>,
    /// Whether a step that does more than look was carried out.
    pub wrote: bool,
    /// Whether what it may have made cannot be addressed: its id was not told.
    pub lost: bool,
    /// Whether the portal's own guard ended it.
    pub guarded: bool,
}

impl Call {
    /// Whether the service only said that it is going to do it (RFC 9110,
    /// 15.3.3).
    pub fn is_a_promise(&self) -> bool {
        self.status == Some(202)
    }

    /// A call that has got no answer yet.
    pub const fn begun(operation: Capability, what: String) -> Self {
        Self { operation, what, status: None, finding: None, took: Duration::ZERO, left: None }
    }

    /// The service's own id for the account, as far as it was told by then.
    pub fn remote_id(&self) -> Option<&String> {
        self.left.as_ref()?.remote_id.as_ref()
    }

    /// What an event says of it.
    pub fn details(&self) -> Value {
        json!({
            "call": self.what,
            "status": self.status,
            "finding": self.finding,
            "took_ms": self.took.as_millis() as u64,
        })
    }
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
        }?;
        match &self.left {
            Some(left) if !left.undone.is_empty() => {
                write!(f, "; what went before was taken back: {}", left.undone.join(", "))
            }
            Some(_) | None => Ok(()),
        }
    }
}
