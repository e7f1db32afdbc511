//! The parts of a request that are made of named templates: headers, form
//! fields and JSON.

use domain::problem::pointer_token;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use super::{
    super::definition::table::Table,
    template::{Place, Template, TemplateError},
    values::{Scope, Values},
};

/// Reads a table of templates, such as the fields of a form; `None` where
/// something is wrong with one of them.
pub fn read_pairs(
    table: &mut Table<'_>,
    name: &'static str,
    place: Place,
    scope: &Scope,
) -> Option<Vec<(String, Template)>> {
    if !table.has(name) {
        table.take(name);
        return Some(Vec::new());
    }
    let fields: Map<String, Value> = table.optional(name)?;
    let read = |(key, value): (String, Value)| {
        let pointer = format!("{name}/{}", pointer_token(&key));
        let text = match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => Err("must be a text"),
        };
        let text = table.check(&pointer, text)?;
        let parsed = Template::parse(&text, place, scope);
        table.check(&pointer, parsed).map(|template| (key, template))
    };
    all(fields.into_iter().map(read))
}

/// All of them, or none; each is looked at either way.
fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    items.collect::<Vec<_>>().into_iter().collect()
}

/// Fills in a table of templates.
pub fn render_pairs<'a>(
    pairs: &'a [(String, Template)],
    values: &Values,
) -> Result<Vec<(&'a str, String)>, TemplateError> {
    pairs.iter().map(|(key, template)| Ok((key.as_str(), template.render(values)?))).collect()
}

/// Headers, each value a template.
#[derive(Clone, Debug, Default)]
pub struct Headers(Vec<(HeaderName, Template)>);

/// Headers that decide how the request is framed or whom it reaches.
const RESERVED: [&str; 9] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "proxy-connection",
];

/// Headers whose whole purpose is to carry a secret.
const SECRET: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

impl Headers {
    /// Reads the headers of that name in the table.
    pub fn read(table: &mut Table<'_>, name: &'static str, scope: &Scope) -> Option<Self> {
        let pairs = read_pairs(table, name, Place::Line, scope)?;
        let read = |(key, template): (String, Template)| {
            let pointer = format!("{name}/{}", pointer_token(&key));
            let header = HeaderName::from_bytes(key.as_bytes()).map_err(|_| "is not the name of a header");
            let header = table.check(&pointer, header)?;
            let fault = if RESERVED.contains(&header.as_str()) {
                "is set by the portal itself and cannot be given"
            } else if SECRET.contains(&header.as_str()) && !carries_secret(&template) {
                SECRET_IN_PLACE
            } else {
                return Some((header, template));
            };
            table.note(&pointer, fault);
            None
        };
        all(pairs.into_iter().map(read)).map(Self)
    }

    /// The templates.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.0.iter().map(|(_, template)| template)
    }

    /// Fills the headers in.
    pub fn render(&self, values: &Values, into: &mut HeaderMap) -> Result<(), TemplateError> {
        for (name, template) in &self.0 {
            into.insert(name.clone(), header_value(&template.render(values)?, template)?);
        }
        Ok(())
    }

    /// Fills in those that are not there yet; cookies are added to those that
    /// are.
    pub fn render_beside(&self, values: &Values, into: &mut HeaderMap) -> Result<(), TemplateError> {
        for (name, template) in &self.0 {
            let text = template.render(values)?;
            let there = into.get(name).and_then(|there| there.to_str().ok().map(str::to_owned));
            match there {
                None => drop(into.insert(name.clone(), header_value(&text, template)?)),
                Some(cookies) if name == COOKIE => {
                    into.insert(name.clone(), header_value(&format!("{text}; {cookies}"), template)?);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// What is said where a secret was written out instead of being named.
pub const SECRET_IN_PLACE: &str =
    "must not hold a secret itself: name it by the service's `secret` and write `{{ secret }}` here";

/// Names that hold nothing secret; all others may.
const OPEN: [&str; 10] = [
    "username",
    "email",
    "attributes",
    "account_id",
    "remote_id",
    "prefix",
    "timestamp",
    "nonce",
    "request",
    "values",
];

/// Whether the template holds a place for a secret.
pub fn carries_secret(template: &Template) -> bool {
    template.first_names().any(|name| !OPEN.contains(&name))
}

/// The text as a header's value; never shown by debug output.
pub fn header_value(text: &str, template: &Template) -> Result<HeaderValue, TemplateError> {
    let mut value = HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| TemplateError::new(format!("`{}` gives no text for a header", template.source())))?;
    value.set_sensitive(true);
    Ok(value)
}

/// TOML has no `null` of its own.
fn is_none(text: &str) -> bool {
    let inner = text.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|inner| inner.trim() == "none")
}

/// JSON whose texts are templates. They are filled in one by one and written
/// out by the JSON writer, so a value cannot leave its quotes.
#[derive(Clone, Debug)]
pub enum JsonTemplate {
    /// A text with values in it.
    Text(Template),
    /// Numbers and the like, as they are.
    Plain(Value),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(Template, Self)>),
}

impl JsonTemplate {
    /// Reads the JSON that stands at `pointer` within the table.
    pub fn read(table: &mut Table<'_>, pointer: &str, value: Value, scope: &Scope) -> Option<Self> {
        match value {
            Value::String(text) if is_none(&text) => Some(Self::Plain(Value::Null)),
            Value::String(text) => {
                table.check(pointer, Template::parse(&text, Place::Text, scope)).map(Self::Text)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(Self::Plain(value)),
            Value::Array(items) => {
                let read = |(at, item)| Self::read(table, &format!("{pointer}/{at}"), item, scope);
                all(items.into_iter().enumerate().map(read)).map(Self::List)
            }
            Value::Object(fields) => {
                let read = |(key, value): (String, Value)| {
                    let pointer = format!("{pointer}/{}", pointer_token(&key));
                    let key = table.check(&pointer, Template::parse(&key, Place::Text, scope));
                    let value = Self::read(table, &pointer, value, scope);
                    Some((key?, value?))
                };
                all(fields.into_iter().map(read)).map(Self::Object)
            }
        }
    }

    /// The templates, at any depth.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Text(template) => vec![template],
            Self::Plain(_) => Vec::new(),
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Object(fields) => {
                fields.iter().flat_map(|(key, field)| [key].into_iter().chain(field.templates())).collect()
            }
        }
    }

    /// Fills the values in.
    pub fn render(&self, values: &Values) -> Result<Value, TemplateError> {
        match self {
            Self::Text(template) => template.render_json(values),
            Self::Plain(value) => Ok(value.clone()),
            Self::List(items) => items.iter().map(|item| item.render(values)).collect(),
            Self::Object(fields) => {
                fields.iter().map(|(key, field)| Ok((key.render(values)?, field.render(values)?))).collect()
            }
        }
    }
}
