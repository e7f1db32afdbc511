//! The values that templates can name.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::secret::Secret;
use minijinja::{Value, value::Object};

use super::super::Identity;

/// The names that a template may use where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    names: BTreeSet<String>,
    constants: Constants,
}

/// What the service's definition itself gives a name, under `values`.
pub type Constants = Arc<BTreeMap<String, String>>;

/// What can be told of a call whatever it is about.
const ALWAYS: [&str; 4] = ["secret", "timestamp", "nonce", CONSTANTS];

/// What can be told of a call about an account.
const OF_ACCOUNT: [&str; 6] = ["username", "password", "email", "attributes", "account_id", "remote_id"];

const CONSTANTS: &str = "values";

impl Scope {
    /// Of a call that is about no account, to a service with those constants.
    pub fn of_service(constants: Constants) -> Self {
        Self { names: ALWAYS.map(str::to_owned).into(), constants }
    }

    /// Of a call about an account.
    pub fn of_account(constants: Constants) -> Self {
        Self::of_service(constants).and(OF_ACCOUNT)
    }

    /// Without all that is about an account, or was captured.
    pub fn without_account(&self) -> Self {
        Self::of_service(Arc::clone(&self.constants))
    }

    /// With these names too.
    pub fn and<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.names.extend(names.into_iter().map(Into::into));
        self
    }

    /// Whether it is a name of the portal's own, which no service can give
    /// another meaning.
    pub fn reserves(name: &str) -> bool {
        let can_be_told = ["password", "remote_id"];
        let own = ALWAYS.into_iter().chain(OF_ACCOUNT).filter(|name| !can_be_told.contains(name));
        own.chain(["request", "prefix", "page"]).any(|own| own == name)
    }

    /// Whether the name can be used, such as `username` or `values.realm`.
    pub fn knows(&self, name: &str) -> bool {
        match name.split_once('.') {
            Some((CONSTANTS, constant)) => self.constants.contains_key(constant),
            Some((first, _)) => self.names.contains(first),
            None => self.names.contains(name),
        }
    }

    /// All names, for those who used another one.
    pub fn names(&self) -> String {
        let constants = self.constants.keys().map(|name| format!("{CONSTANTS}.{name}"));
        let others = self.names.iter().filter(|name| *name != CONSTANTS).cloned();
        others.chain(constants).collect::<Vec<_>>().join(", ")
    }

    /// Values to try a template with: they are texts and numbers alike.
    pub fn sample(&self) -> Value {
        Value::from_pairs(self.names.iter().map(|name| (name.as_str(), sample(name))))
    }

    /// The same for those names, and for no other attributes than these.
    pub fn sample_of<'a>(
        names: impl Iterator<Item = &'a str>,
        attributes: &BTreeMap<String, String>,
    ) -> Value {
        let attributes = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let attributes = Value::from_pairs(attributes);
        Value::from_pairs(names.map(|name| match name {
            "attributes" => (name, attributes.clone()),
            _ => (name, sample(name)),
        }))
    }
}

const SAMPLE: &str = "1";

fn sample(name: &str) -> Value {
    match name {
        "attributes" | "request" | CONSTANTS => Value::from_object(AnyField),
        _ => Value::from(SAMPLE),
    }
}

/// Stands for fields that only a call will bring.
#[derive(Debug)]
struct AnyField;

impl Object for AnyField {
    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from(SAMPLE))
    }
}

/// What one operation fills into its templates. What is not known has no name
/// either.
#[derive(Clone, Debug, Default)]
pub struct Values {
    known: BTreeMap<String, Value>,
    context: Value,
    secrets: Vec<Secret>,
}

impl Values {
    /// What is known of a service whatever the call is about.
    pub fn of_service(constants: &Constants) -> Self {
        let mut values = Self::default();
        values.set(
            CONSTANTS,
            Value::from_pairs(constants.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        );
        values
    }

    /// With what is known of that account.
    pub fn of_account(mut self, who: &Identity) -> Self {
        let attributes =
            who.attributes.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str())));
        let values = &mut self;
        values.set("username", who.username.as_str());
        values.set("email", who.email.as_str());
        values.set("account_id", who.account_id.to_string());
        values.set("attributes", Value::from_pairs(attributes));
        values.set_secret("password", who.credential());
        if let Some(id) = &who.remote_id {
            values.set("remote_id", id.as_str());
        }
        self
    }

    /// Gives a name a value.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.known.insert(name.to_owned(), value.into());
        self.context =
            Value::from_pairs(self.known.iter().map(|(name, value)| (name.as_str(), value.clone())));
    }

    /// Gives a name a value that must not be shown.
    pub fn set_secret(&mut self, name: &str, secret: &Secret) {
        self.secrets.push(secret.clone());
        self.set(name, secret.expose());
    }

    /// The secret of that name.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        Some(Secret::new(self.known.get(name)?.as_str()?.to_owned()))
    }

    /// The text of that name.
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.known.get(name)?.as_str()?.to_owned())
    }

    /// All values that must not be shown.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// What the template engine is given.
    pub fn context(&self) -> Value {
        self.context.clone()
    }

    /// Whether there is a value of that name, such as `attributes.team`.
    pub fn know(&self, name: &str) -> bool {
        let mut path = name.split('.');
        let first = path.next().and_then(|name| self.known.get(name)).cloned();
        path.try_fold(first.unwrap_or_default(), |value, name| value.get_attr(name).ok())
            .is_some_and(|value| !value.is_undefined())
    }
}
