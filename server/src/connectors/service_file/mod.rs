//! A service file: its tables, and where in its text each part of them stands,
//! so that whatever is wrong is told by line and column.

#[cfg(test)]
mod agreement;
mod fault;
mod place;
#[cfg(test)]
mod tests;

use domain::problem::{Problem, ProblemKind, pointer_token};
use serde_json::{Map, Number, Value};
use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use self::{fault::Subject, place::Places};
pub use self::{
    fault::{Fault, Faults},
    place::Place,
};

/// The JSON Schema of a service file, by which editors complete and check it.
/// It refuses nothing that the portal accepts.
pub const SCHEMA: &str = include_str!("../service-file.schema.json");

/// The one name that a service file knows at its top.
const SERVICE: &str = "service";

/// A service file whose text could be read. What its tables say is checked
/// elsewhere.
#[derive(Clone, Debug)]
pub struct ServiceFile {
    name: String,
    tables: Vec<Value>,
    places: Places,
}

impl ServiceFile {
    /// Reads the text of a file, which is told about by that name; a text
    /// that comes from no file has an empty one.
    ///
    /// # Errors
    /// It is no TOML, or its tables are no services.
    pub fn parse(name: impl Into<String>, text: &str) -> Result<Self, Faults> {
        Self::read(name.into(), text, Reading::file)
    }

    /// Reads what a form says of its one service: as in a file, but that
    /// `[[service]]` itself may be left out, and all of it.
    ///
    /// # Errors
    /// It is no TOML, or not of one service.
    pub fn of_form(text: &str) -> Result<Self, Faults> {
        Self::read(String::new(), text, Reading::form)
    }

    fn read(
        file: String,
        text: &str,
        tables: impl FnOnce(&mut Reading, &DeTable<'_>) -> Vec<Value>,
    ) -> Result<Self, Faults> {
        let mut reading = Reading { file, places: Places::within(text), faults: Vec::new() };
        let root = DeTable::parse(text).map_err(|error| {
            let at = reading.places.at(error.span().map_or(0, |span| span.start));
            let detail = format!("is no TOML: {}", error.message());
            Faults::new(ProblemKind::Unreadable, vec![reading.fault(at, "", detail)])
        })?;
        let tables = tables(&mut reading, root.get_ref());
        let Reading { file, places, faults } = reading;
        if !faults.is_empty() {
            return Err(Faults::new(ProblemKind::Invalid, faults));
        }
        Ok(Self { name: file, tables, places })
    }

    /// Its tables, one a service, as they are written.
    pub fn tables(&self) -> &[Value] {
        &self.tables
    }

    /// Where that field of one of its tables stands, for people.
    pub fn place_of(&self, table: usize, pointer: &str) -> String {
        let place = self.places.of(&format!("/{SERVICE}/{table}{pointer}"));
        if self.name.is_empty() { format!("line {}", place.line) } else { format!("{}:{place}", self.name) }
    }

    /// What is wrong with one of its tables, each fault at its place.
    pub fn faults(&self, table: usize, problem: &Problem) -> Faults {
        let service = Subject::of(table, self.tables.get(table));
        let of_table = format!("/{SERVICE}/{table}");
        let fault = |inner: &str, detail: &str| {
            let pointer = format!("{of_table}{inner}");
            let place = self.places.of(&pointer);
            Fault {
                file: self.name.clone(),
                place,
                pointer,
                service: Some(service.clone()),
                detail: detail.to_owned(),
            }
        };
        let faults = match problem.errors.as_slice() {
            [] => vec![fault("", &problem.detail)],
            errors => errors.iter().map(|error| fault(&error.pointer, &error.detail)).collect(),
        };
        Faults::new(problem.kind, faults)
    }
}

/// A file that is being read.
struct Reading {
    file: String,
    places: Places,
    faults: Vec<Fault>,
}

impl Reading {
    /// What stands under the one name that is known at the top.
    fn services<'a, 'b>(&mut self, root: &'a DeTable<'b>) -> Option<&'a Spanned<DeValue<'b>>> {
        for (name, value) in root {
            self.entry("", name.get_ref(), name, value);
            if name.get_ref() != SERVICE {
                let pointer = format!("/{}", pointer_token(name.get_ref()));
                self.note(&pointer, "is not a field here; there is: service");
            }
        }
        root.iter().find(|(name, _)| name.get_ref() == SERVICE).map(|(_, value)| value)
    }

    fn form(&mut self, root: &DeTable<'_>) -> Vec<Value> {
        let pointer = format!("/{SERVICE}");
        let Some(service) = self.services(root) else { return vec![Value::Object(Map::new())] };
        let DeValue::Array(services) = service.get_ref() else {
            return vec![self.item(&pointer, 0, service)];
        };
        let tables: Vec<_> =
            services.iter().enumerate().map(|(at, value)| self.item(&pointer, at, value)).collect();
        match tables.len() {
            0 => vec![Value::Object(Map::new())],
            1 => tables,
            _ => {
                self.note("/service/1", "is a second service; a form is of one");
                tables
            }
        }
    }

    fn file(&mut self, root: &DeTable<'_>) -> Vec<Value> {
        match self.services(root).map(Spanned::get_ref) {
            Some(DeValue::Array(services)) if !services.is_empty() => {
                let pointer = format!("/{SERVICE}");
                services.iter().enumerate().map(|(at, value)| self.item(&pointer, at, value)).collect()
            }
            Some(_) => {
                self.note("/service", "is a list of tables: each begins with `[[service]]`, in two brackets");
                Vec::new()
            }
            None => {
                self.note("", "has no `[[service]]` table");
                Vec::new()
            }
        }
    }

    /// Notes where a field stands: its name, or the header that it is named in.
    fn entry(
        &mut self,
        table: &str,
        name: &str,
        key: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let at = key.span().start.min(value.span().start);
        self.places.note(format!("{table}/{}", pointer_token(name)), at);
    }

    fn item(&mut self, list: &str, at: usize, value: &Spanned<DeValue<'_>>) -> Value {
        let pointer = format!("{list}/{at}");
        self.places.note(pointer.clone(), value.span().start);
        self.value(&pointer, value.get_ref())
    }

    fn value(&mut self, pointer: &str, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Integer(integer) => self.number(pointer, whole(integer), "must be a smaller number"),
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                self.number(pointer, number, "must be a number")
            }
            DeValue::Boolean(flag) => (*flag).into(),
            // JSON, which the services speak, has texts in their place.
            DeValue::Datetime(time) => time.to_string().into(),
            DeValue::Array(items) => {
                items.iter().enumerate().map(|(at, item)| self.item(pointer, at, item)).collect()
            }
            DeValue::Table(fields) => {
                let mut table = Map::new();
                for (key, value) in fields {
                    let name = key.get_ref();
                    self.entry(pointer, name, key, value);
                    let inner = format!("{pointer}/{}", pointer_token(name));
                    table.insert(name.to_string(), self.value(&inner, value.get_ref()));
                }
                Value::Object(table)
            }
        }
    }

    fn number(&mut self, pointer: &str, number: Option<Number>, fault: &str) -> Value {
        number.map_or_else(
            || {
                self.note(pointer, fault);
                Value::Null
            },
            Value::Number,
        )
    }

    fn note(&mut self, pointer: &str, detail: &str) {
        let fault = self.fault(self.places.of(pointer), pointer, detail.to_owned());
        self.faults.push(fault);
    }

    fn fault(&self, place: Place, pointer: &str, detail: String) -> Fault {
        let (file, pointer) = (self.file.clone(), pointer.to_owned());
        Fault { file, place, pointer, service: None, detail }
    }
}

fn whole(integer: &DeInteger<'_>) -> Option<Number> {
    let (digits, radix) = (integer.as_str(), integer.radix());
    let signed = i64::from_str_radix(digits, radix).map(Number::from);
    signed.or_else(|_| u64::from_str_radix(digits, radix).map(Number::from)).ok()
}
