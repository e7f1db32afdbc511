//! One request of an operation: what to send, and what to make of the answer.

use domain::service::Capability;
use serde_json::Value;

use super::{
    super::definition::table::Table,
    auth::{Auth, Credentials},
    capture::{Captures, REMOTE_ID},
    login::Login,
    request::RequestTemplate,
    rules::{Purpose, Rules, Verdict},
    template::{Condition, Template},
    values::Scope,
};

/// A request, how it is authenticated, and how its answer is understood.
#[derive(Clone, Debug)]
pub struct Step {
    /// When to send it; always, where it is `None`.
    pub when: Option<Condition>,
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
}

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
    Some(steps)
}

/// Of the steps that do not only look, the one creates the account that says
/// so by its rules, or is told the account's id; else the first.
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
    let first_that = |fits: &dyn Fn(&Value) -> bool| {
        tables.iter().find(|(_, table)| !is_a_look(table) && fits(table)).map(|(at, _)| *at)
    };
    first_that(&says_so).or_else(|| first_that(&is_told_the_id)).or_else(|| first_that(&|_| true))
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
        Some(Self { when, request: request?, auth, captures, rules, undo: undo.map(Box::new) })
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

    /// Its own templates, those that take it back too.
    pub fn templates(&self) -> Vec<&Template> {
        let own = self.auth.iter().flat_map(Auth::templates);
        let undo = self.undo.iter().flat_map(|undo| undo.templates());
        self.request.templates().into_iter().chain(own).chain(undo).collect()
    }
}
