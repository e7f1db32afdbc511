//! The fields that a form has beside its text.

use domain::{service::ServiceForm, team::DEFAULT_TEAM};
use serde_json::{Value, json};

use crate::connectors::preset;

/// How a field of the form is typed.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// A length of time; a table may also say it in seconds.
    Ttl,
    Count,
    /// One of several; where none is chosen, this holds.
    Choice(&'static str),
}

/// A field of the form, by where in the table that stands.
#[derive(Clone, Copy)]
pub struct Field {
    /// JSON Pointer to that.
    pub pointer: &'static str,
    kind: Kind,
}

/// The fields of the form, each with what is typed there.
pub fn fields(form: &mut ServiceForm) -> [(Field, &mut String); 12] {
    let field = |pointer, kind| Field { pointer, kind };
    [
        (field("/slug", Kind::Text), &mut form.slug),
        (field("/name", Kind::Text), &mut form.name),
        (field("/team", Kind::Choice(DEFAULT_TEAM)), &mut form.team),
        (field("/environment", Kind::Text), &mut form.environment),
        (field("/base_url", Kind::Text), &mut form.base_url),
        (field("/connector", Kind::Choice(preset::NONE)), &mut form.connector),
        (field("/secret", Kind::Text), &mut form.secret),
        (field("/policy/default_ttl", Kind::Ttl), &mut form.default_ttl),
        (field("/policy/max_ttl", Kind::Ttl), &mut form.max_ttl),
        (field("/policy/approval", Kind::Choice("auto")), &mut form.approval),
        (field("/policy/max_active_per_person", Kind::Count), &mut form.max_active_per_person),
        (field("/policy/concurrency", Kind::Count), &mut form.concurrency),
    ]
}

impl Field {
    /// Its name in the form.
    pub fn name(self) -> &'static str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    /// The table within which it stands; one that is not there is made if need
    /// be.
    pub fn holder(self, table: &mut Value, makes: bool) -> Option<&mut Value> {
        if !self.pointer.starts_with("/policy/") {
            return Some(table);
        }
        let fields = table.as_object_mut()?;
        if makes && fields.get("policy").is_none_or(Value::is_null) {
            fields.insert("policy".to_owned(), json!({}));
        }
        fields.get_mut("policy")
    }

    /// How the form shows it; `None` for what it has no place for.
    pub fn shown(self, value: Option<&Value>) -> Option<String> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Some(String::new()) };
        let text = value.as_str().filter(|text| is_line(text)).map(str::to_owned);
        let number = value.as_u64().map(|number| number.to_string());
        match self.kind {
            Kind::Text => text,
            Kind::Ttl => text.or(number),
            Kind::Count => number,
            Kind::Choice(usual) => text.map(|text| if text == usual { String::new() } else { text }),
        }
    }

    /// What was typed, as the table says it.
    pub fn value(self, typed: &str) -> Value {
        match self.kind {
            Kind::Count => typed.parse::<u64>().map_or_else(|_| typed.into(), Value::from),
            Kind::Text | Kind::Ttl | Kind::Choice(_) => typed.into(),
        }
    }
}

/// Whether a field of one line shows that text as it is.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
