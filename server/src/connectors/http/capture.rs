//! What to keep of an answer.

use domain::{problem::pointer_token, secret::Secret};
use reqwest::header::HeaderName;
use serde_json::{Map, Value};

use super::{
    super::definition::table::Table,
    redaction::Redaction,
    reply::Reply,
    rules::{Pattern, Pointer},
    values::{Scope, Values},
};

/// The service's own id for the account.
pub const REMOTE_ID: &str = "remote_id";

/// A credential that the service made itself, in place of ours.
pub const PASSWORD: &str = "password";

/// What to keep of an answer, each under a name.
#[derive(Clone, Debug, Default)]
pub struct Captures(Vec<(String, Source)>);

/// Where a value is to be found.
#[derive(Clone, Debug)]
struct Source {
    place: Place,
    matches: Option<Pattern>,
}

#[derive(Clone, Debug)]
enum Place {
    Json(Pointer),
    Header(HeaderName),
    Body,
    Status,
}

impl Captures {
    /// Reads the field `capture`.
    pub fn read(table: &mut Table<'_>) -> Self {
        let Some(fields) = table.optional::<Map<String, Value>>("capture") else { return Self::default() };
        let mut captures = Vec::new();
        for (name, value) in fields {
            let pointer = format!("capture/{}", pointer_token(&name));
            // What is revealed as an account's `secret` can be called so here too.
            let name = if name == "secret" { PASSWORD.to_owned() } else { name };
            if let Err(fault) = check_name(&name) {
                table.note(&pointer, fault);
                continue;
            }
            captures.extend(Source::read(table, &pointer, value).map(|source| (name, source)));
        }
        Self(captures)
    }

    /// The names of what is kept.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether something of that name is kept.
    pub fn have(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// Whether nothing is kept.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what is kept under that name is there.
    pub fn found(&self, name: &str, reply: &Reply) -> bool {
        self.0.iter().any(|(known, source)| known == name && source.find(reply).is_some())
    }

    /// Checks that an id is that name's, where that is not said by what was
    /// asked: what it is taken from has to show the name. A service that does not
    /// know the filter that it was asked with answers with any of its accounts.
    ///
    /// # Errors
    /// It does not.
    pub fn check_owner(
        &self,
        name: &str,
        reply: &Reply,
        username: &str,
        was_said: bool,
    ) -> Result<(), String> {
        let picked = self.0.iter().find(|(known, _)| known == name);
        let Some((_, Source { place, matches })) = picked else { return Ok(()) };
        let wanted = username.to_lowercase();
        let doubt = |place: &str, verb: &str| {
            Err(format!("{place} {verb} the name {username}, so the id in it may be somebody else's"))
        };
        match place {
            Place::Json(pointer) => match pointer.entry().map(|entry| (entry.of(reply.json()), entry)) {
                Some((Some(value), entry)) if !shows(value, &wanted) => {
                    doubt(&format!("the entry at {entry}"), "does not show")
                }
                None if !was_said && !reply.text().to_lowercase().contains(&wanted) => {
                    doubt("the answer", "does not show")
                }
                Some(_) | None => Ok(()),
            },
            Place::Body if was_said => Ok(()),
            Place::Body => {
                let text = reply.text();
                if !text.to_lowercase().contains(&wanted) {
                    return doubt("the answer", "does not show");
                }
                let several = matches.as_ref().is_some_and(|pattern| pattern.fits_differently(&text));
                if several { doubt("the answer", "holds several ids beside") } else { Ok(()) }
            }
            Place::Header(_) | Place::Status => Ok(()),
        }
    }

    /// Whether what is kept under that name is picked out of a list.
    pub fn picks(&self, name: &str) -> bool {
        let picked = self.0.iter().find(|(known, _)| known == name).map(|(_, source)| &source.place);
        matches!(picked, Some(Place::Json(pointer)) if pointer.entry().is_some())
    }

    /// Keeps what is there. What should be and is not has no value
    /// afterwards, and a step that needs it says so.
    ///
    /// # Errors
    /// What is there can be no such thing.
    pub fn keep(&self, reply: &Reply, values: &mut Values) -> Result<(), String> {
        /// No token is longer; whatever is, was not meant.
        const LONGEST: usize = 16 * 1024;
        /// What is shorter is an id or a flag, and stands within other texts by chance.
        const SHORTEST_SECRET: usize = 6;
        for (name, source) in &self.0 {
            let Some(found) = source.find(reply).filter(|found| found.len() <= LONGEST) else { continue };
            if name == REMOTE_ID {
                check_id(&found, source, values)?;
                values.set(REMOTE_ID, found);
            } else if name != PASSWORD && found.len() < SHORTEST_SECRET {
                values.set(name, found);
            } else {
                values.set_secret(name, &Secret::new(found));
            }
        }
        Ok(())
    }

    /// Where that is to be found, for people.
    pub fn place(&self, name: &str) -> String {
        self.0.iter().find(|(known, _)| known == name).map(|(_, source)| source.told()).unwrap_or_default()
    }
}

/// Whether the name, in small letters, stands anywhere in that.
fn shows(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(name),
        Value::Array(items) => items.iter().any(|item| shows(item, name)),
        Value::Object(fields) => fields.values().any(|field| shows(field, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts_well || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err("must be a name of small letters, digits and underscores");
    }
    if Scope::reserves(name) {
        return Err("has a meaning already; choose another name");
    }
    Ok(())
}

/// Whether an account can be called so: in a path, and in the ledger.
pub fn is_id(text: &str) -> bool {
    const LONGEST: usize = 255;
    !matches!(text, "" | "." | "..") && text.len() <= LONGEST && !text.contains(char::is_control)
}

/// An id is kept and shown; a pointer to the wrong field must not leak.
fn check_id(id: &str, source: &Source, values: &Values) -> Result<(), String> {
    let place = source.told();
    if !is_id(id) {
        return Err(format!("what stands at {place} cannot be the account's id"));
    }
    if Redaction::of(values.secrets()).touches(id) {
        return Err(format!("what stands at {place} holds a secret and cannot be the account's id"));
    }
    Ok(())
}

impl Source {
    fn read(table: &mut Table<'_>, place: &str, value: Value) -> Option<Self> {
        if let Value::String(text) = &value {
            let pointer = table.check(place, serde_json::from_value::<Pointer>(text.as_str().into()))?;
            return Some(Self { place: Place::Json(pointer), matches: None });
        }
        let mut table = table.inner(place, value)?;
        let pointer = table.optional("pointer").map(Place::Json);
        let header = table.optional::<String>("header").and_then(|name| {
            let name = name.parse().map_err(|_| "is not the name of a header");
            table.check("header", name).map(Place::Header)
        });
        let body = table.optional::<bool>("body").filter(|body| *body).map(|_| Place::Body);
        let status = table.optional::<bool>("status").filter(|status| *status).map(|_| Place::Status);
        let matches = table.optional("matches");
        let given: Vec<_> = [pointer, header, body, status].into_iter().flatten().collect();
        let one = <[Place; 1]>::try_from(given).ok();
        if one.is_none() {
            table.note(
                "",
                "must say where to look: one of `pointer`, `header`, `body = true`, `status = true`",
            );
        }
        table.close();
        let [place] = one?;
        Some(Self { place, matches })
    }

    fn find(&self, reply: &Reply) -> Option<String> {
        let fit = |text: &str| match &self.matches {
            None => Some(text.to_owned()),
            Some(pattern) => pattern.of(text).map(str::to_owned),
        };
        match &self.place {
            Place::Json(pointer) => match pointer.of(reply.json())? {
                Value::String(text) => fit(text),
                // One that was too large to be read whole is another number by now.
                Value::Number(number) if number.is_f64() => None,
                Value::Number(number) => fit(&number.to_string()),
                Value::Bool(flag) => fit(&flag.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            },
            Place::Header(name) => reply.headers(name).find_map(fit),
            Place::Body => fit(&reply.text()),
            Place::Status => fit(reply.status.as_str()),
        }
    }

    fn told(&self) -> String {
        match &self.place {
            Place::Json(pointer) => pointer.to_string(),
            Place::Header(name) => format!("the header {name}"),
            Place::Body => "the body".to_owned(),
            Place::Status => "the status".to_owned(),
        }
    }
}
