//! One request of an operation: what to send, and what to make of the answer.

use domain::service::Capability;
use serde_json::Value;

use super::{
    super::{ConnectorError, definition::table::Table},
    auth::{Auth, Credentials},
    capture::{Captures, REMOTE_ID},
    login::Login,
    reply::Reply,
    request::RequestTemplate,
    rules::{Purpose, Rules, Verdict},
    template::{Condition, Template},
    values::{Scope, Values},
};

/// A request, how it is authenticated, and how its answer is understood.
#[derive(Clone, Debug)]
pub struct Step {
    /// When to send it; always, where it is `None`.
    when: Option<Condition>,
    /// What to send.
    pub request: RequestTemplate,
    /// Credentials in place of the service's usual ones.
    auth: Option<Auth>,
    /// What to keep of the answer.
    pub captures: Captures,
    /// What the answer means.
    pub rules: Rules,
    /// What takes it back, should a later step fail.
    pub undo: Option<Box<Step>>,
    /// What it captures that says which account is meant.
    addresses: Vec<String>,
}

/// The values by which a request names an account.
pub const NAMES_OF_ACCOUNT: [&str; 4] = ["username", "email", "account_id", REMOTE_ID];

/// How many steps an operation may have.
const MOST: usize = 16;

/// Reads an operation's table: one step, or several in `steps`.
pub fn read_steps(table: &mut Table<'_>, purpose: Purpose, scope: &Scope) -> Option<Vec<Step>> {
    if !table.has("steps") {
        table.take("steps");
        return Step::read(table, purpose, scope).map(|step| vec![step]);
    }
    let entries = table.optional::<Vec<Value>>("steps")?;
    if entries.is_empty() || entries.len() > MOST {
        table.note("steps", format!("must hold at least one step and at most {MOST}"));
        return None;
    }
    let tables: Vec<_> = entries.into_iter().enumerate().collect();
    let creating = position_of_creation(&tables);
    let mut scope = scope.clone();
    let mut steps = Vec::new();
    for (at, entry) in tables {
        let mut table = table.inner(&format!("steps/{at}"), entry)?;
        let is_beside = purpose == Purpose::Of(Capability::Create) && creating != Some(at);
        let purpose = if is_beside { Purpose::Beside } else { purpose };
        let step = Step::read(&mut table, purpose, &scope);
        table.close();
        // A step that cannot be read leaves later ones without its names.
        let step = step?;
        scope = scope.and(step.captures.names());
        steps.push(step);
    }
    if purpose == Purpose::Of(Capability::Create) && creating.is_none() {
        table.note(
            "steps",
            "create nothing, as it seems: the one that creates by GET has to say so by a rule for `created`",
        );
    }
    for at in 1..steps.len() {
        let (before, later) = steps.split_at_mut(at);
        before[at - 1].note_addresses(later, purpose == Purpose::Of(Capability::Create));
    }
    Some(steps)
}

/// The step creates the account that says so by its rules; else, of those that
/// do not only look, the one that is told the account's id; else the first.
fn position_of_creation(tables: &[(usize, Value)]) -> Option<usize> {
    let is_a_look = |table: &Value| {
        let line = table["request"].as_str().unwrap_or_default();
        line.starts_with("GET ") || line.starts_with("HEAD ")
    };
    let says_so = |table: &Value| {
        let mut rules = table["rules"].as_array().into_iter().flatten();
        rules.any(|rule| rule["outcome"] == <&str>::from(Verdict::Created))
    };
    let is_told_the_id = |table: &Value| table["capture"].get(REMOTE_ID).is_some();
    let first_that =
        |fits: &dyn Fn(&Value) -> bool| tables.iter().find(|(_, table)| fits(table)).map(|(at, _)| *at);
    first_that(&says_so)
        .or_else(|| first_that(&|table| !is_a_look(table) && is_told_the_id(table)))
        .or_else(|| first_that(&|table| !is_a_look(table)))
}

impl Step {
    /// Reads a step's table.
    pub fn read(table: &mut Table<'_>, purpose: Purpose, scope: &Scope) -> Option<Self> {
        let when = table.optional::<String>("when").and_then(|text| {
            let parsed = Condition::parse(&text, scope);
            table.check("when", parsed)
        });
        let request = RequestTemplate::read(table, scope);
        let auth = Auth::read(table, scope);
        let captures = Captures::read(table);
        let rules = Rules::read(table, purpose);
        let undo = table.table("undo").and_then(|mut undo| {
            if undo.has("undo") {
                undo.note("undo", "stands in what takes a step back, which is not taken back itself");
                return None;
            }
            let scope = scope.clone().and(captures.names());
            let step = Self::read(&mut undo, Purpose::Auxiliary, &scope);
            undo.close();
            step
        });
        let addresses = captures.names().filter(|name| *name == REMOTE_ID).map(str::to_owned).collect();
        Some(Self { when, request: request?, auth, captures, rules, undo: undo.map(Box::new), addresses })
    }

    /// What it captures says which account is meant where a later step changes
    /// something by it, and by nothing else. While an account is created, there
    /// are other things beside it, which stand in no list.
    fn note_addresses(&mut self, later: &[Self], is_creation: bool) {
        let goes_by = |step: &Self, name: &str| {
            let uses = |name: &str| step.request.templates().into_iter().any(|template| template.uses(name));
            !step.request.is_a_look() && uses(name) && !NAMES_OF_ACCOUNT.into_iter().any(uses)
        };
        let captures = &self.captures;
        let others =
            captures.names().filter(|name| *name != REMOTE_ID && (!is_creation || captures.picks(name)));
        let more: Vec<_> =
            others.filter(|name| later.iter().any(|step| goes_by(step, name))).map(str::to_owned).collect();
        self.addresses.extend(more);
    }

    /// Checks that whatever it captures as an account's id is that account's.
    ///
    /// # Errors
    /// The answer does not show the account's name.
    pub fn check_addresses(
        &self,
        operation: Capability,
        reply: &Reply,
        username: &str,
    ) -> Result<(), String> {
        let looks = matches!(operation, Capability::Gone | Capability::Delete) || self.request.is_a_look();
        // What does more than look was told whom it is about.
        let was_said = !looks || self.request.path_uses(&NAMES_OF_ACCOUNT);
        self.addresses.iter().try_for_each(|name| self.captures.check_owner(name, reply, username, was_said))
    }

    /// Whether it is to be sent.
    ///
    /// # Errors
    /// Its condition asks for what is not known.
    pub fn is_due(&self, operation: Capability, values: &Values) -> Result<bool, ConnectorError> {
        let Some(when) = &self.when else { return Ok(true) };
        when.holds(values).map_err(|error| ConnectorError::misconfigured(operation, error))
    }

    /// The credentials that go with the request. The service's usual ones are
    /// for the service only.
    pub fn auth<'a>(&'a self, usual: &'a Auth) -> &'a Auth {
        static NONE: Auth = Auth { credentials: Credentials::None, login: None };
        match &self.auth {
            Some(own) => own,
            None if self.request.elsewhere().is_some() => &NONE,
            None => usual,
        }
    }

    /// How the portal signs in for this step alone, where that is said.
    pub fn own_login(&self) -> Option<&Login> {
        self.auth.as_ref()?.login.as_ref()
    }

    /// Whether the request, credentials included, names that value.
    pub fn uses(&self, name: &str, usual: &Auth) -> bool {
        let templates = self.request.templates().into_iter().chain(self.auth(usual).templates());
        templates.into_iter().any(|template: &Template| template.uses(name))
    }

    /// Whether its request names that value.
    pub fn says(&self, name: &str) -> bool {
        self.request.templates().into_iter().any(|template| template.uses(name))
    }

    /// Its own templates, those that take it back too.
    pub fn templates(&self) -> Vec<&Template> {
        let own = self.auth.iter().flat_map(Auth::templates);
        let undo = self.undo.iter().flat_map(|undo| undo.templates());
        self.request.templates().into_iter().chain(own).chain(undo).collect()
    }
}
