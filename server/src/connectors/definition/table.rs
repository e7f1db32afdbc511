//! Reads a table field by field and notes everything that is wrong with it,
//! each at its place.

use domain::{
    plainly,
    problem::{Checks, pointer_token},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// A table that is being read. Fields that nobody asked for by the time of
/// [`Table::close`] are unknown ones.
pub struct Table<'a> {
    at: String,
    fields: Map<String, Value>,
    known: Vec<&'static str>,
    checks: &'a mut Checks,
}

impl<'a> Table<'a> {
    /// Begins to read the value that stands at that JSON Pointer.
    pub fn open(value: Value, at: impl Into<String>, checks: &'a mut Checks) -> Option<Self> {
        let at = at.into();
        match value {
            Value::Object(fields) => Some(Self { at, fields, known: Vec::new(), checks }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                checks.note(at, "must be a table");
                None
            }
        }
    }

    /// Whether the field is given.
    pub fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// The field as it was written; `null` counts as left out.
    pub fn take(&mut self, name: &'static str) -> Option<Value> {
        self.take_or_null(name).filter(|value| !value.is_null())
    }

    /// The field as it was written, where `null` means something.
    pub fn take_or_null(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.fields.remove(name)
    }

    /// The field, where it is given and can be read.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        let value = self.take(name)?;
        self.decode(name, value)
    }

    /// The field, which has to be given.
    pub fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        match self.take(name) {
            Some(value) => self.decode(name, value),
            None => {
                self.note(name, "is missing");
                None
            }
        }
    }

    /// A value as the type that is wanted, or a note at the innermost place
    /// that does not fit.
    fn decode<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        serde_path_to_error::deserialize(value)
            .map_err(|error| {
                let inner = pointer(error.path());
                self.note(&format!("{name}{inner}"), plainly(&error.inner().to_string()));
            })
            .ok()
    }

    /// A table within this one.
    pub fn table(&mut self, name: &'static str) -> Option<Table<'_>> {
        let value = self.take(name)?;
        Table::open(value, format!("{}/{name}", self.at), self.checks)
    }

    /// A table at a place within this one, such as an entry of a list.
    pub fn inner(&mut self, place: &str, value: Value) -> Option<Table<'_>> {
        Table::open(value, format!("{}/{place}", self.at), self.checks)
    }

    /// Keeps the value, or notes what is wrong with the field.
    pub fn check<T, E: std::fmt::Display>(&mut self, place: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.note(place, error)).ok()
    }

    /// Notes what is wrong at a place within this table; the empty place is
    /// the table itself.
    pub fn note(&mut self, place: &str, detail: impl std::fmt::Display) {
        let pointer = if place.is_empty() { self.at.clone() } else { format!("{}/{place}", self.at) };
        self.checks.note(pointer, detail);
    }

    /// Notes the fields that nobody asked for.
    pub fn close(mut self) {
        let known = self.known.join(", ");
        for name in std::mem::take(&mut self.fields).into_iter().map(|(name, _)| name) {
            self.note(&pointer_token(&name), format!("is not a field here; there are: {known}"));
        }
    }
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", pointer_token(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}
