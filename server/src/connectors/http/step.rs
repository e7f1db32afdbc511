//! One request of an operation: what to send, and what to make of the answer.

use domain::service::Capability;
use serde_json::Value;

use super::{
    super::definition::table::Table,
    auth::Auth,
    redaction::Redaction,
    reply::Reply,
    request::RequestTemplate,
    rules::{Decision, Pointer, Rules},
    template::Template,
};

/// A request, how it is authenticated, and how its answer is understood.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to send.
    pub request: RequestTemplate,
    /// Credentials in place of the service's usual ones.
    pub auth: Option<Auth>,
    /// What to keep of the answer.
    pub capture: Capture,
    /// What the answer means.
    pub rules: Rules,
}

impl Step {
    /// Reads an operation's table.
    pub fn read(table: &mut Table<'_>, operation: Capability) -> Option<Self> {
        let request = RequestTemplate::read(table);
        let auth = Auth::read(table);
        let capture = Capture::read(table);
        let rules = Rules::read(table, operation);
        Some(Self { request: request?, auth, capture, rules })
    }

    /// The credentials that go with the request.
    pub fn auth<'a>(&'a self, usual: &'a Auth) -> &'a Auth {
        self.auth.as_ref().unwrap_or(usual)
    }

    /// Whether the request, credentials included, names that value.
    pub fn uses(&self, name: &str, usual: &Auth) -> bool {
        let templates = self.request.templates().into_iter().chain(self.auth(usual).templates());
        templates.into_iter().any(|template: &Template| template.uses(name))
    }
}

/// What to keep of an answer.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// Where the service's own id of the account is.
    pub remote_id: Option<Pointer>,
}

impl Capture {
    fn read(table: &mut Table<'_>) -> Self {
        let Some(mut capture) = table.table("capture") else { return Self::default() };
        let remote_id = capture.optional("remote_id");
        capture.close();
        Self { remote_id }
    }

    /// The service's own id of the account.
    ///
    /// # Errors
    /// It should be there and is not, or is nothing that can be kept.
    pub fn remote_id(&self, reply: &Reply, redaction: &Redaction) -> Result<Option<String>, String> {
        let Some(pointer) = &self.remote_id else { return Ok(None) };
        let id = match pointer.of(reply.json()) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(format!("the account's id is missing at {pointer}")),
        };
        const LONGEST: usize = 255;
        if id.is_empty() || id.len() > LONGEST || id.contains(char::is_control) {
            return Err(format!("what stands at {pointer} cannot be the account's id"));
        }
        // An id is kept and shown; a pointer to the wrong field must not leak.
        if redaction.touches(&id) {
            return Err(format!("what stands at {pointer} holds a secret and cannot be the account's id"));
        }
        Ok(Some(id))
    }
}

/// What the answer said where the deciding rule looked.
pub fn finding(decision: &Decision, reply: &Reply, redaction: &Redaction) -> Option<String> {
    let pointer = decision.by.as_ref()?.place()?;
    let found = match pointer.of(reply.json()) {
        None => "missing".to_owned(),
        Some(Value::Object(_)) => "an object".to_owned(),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(scalar) => redaction.shown(&scalar.to_string()),
    };
    let place = if pointer.to_string().is_empty() { "the body".to_owned() } else { pointer.to_string() };
    Some(format!("{place} is {found}"))
}
