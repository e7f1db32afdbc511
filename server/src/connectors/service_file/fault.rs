//! What is wrong with service files, as people and programs are told of it.

use std::fmt;

use domain::problem::{FieldError, Problem, ProblemKind};
use serde_json::Value;

use super::Place;

/// One thing that is wrong with a service file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name; empty where the text comes from no file.
    pub file: String,
    /// Where in it that stands.
    pub place: Place,
    /// JSON Pointer to the field in the file, such as `/service/0/slug`.
    pub pointer: String,
    /// The service that it is about, where it is about one.
    pub service: Option<Subject>,
    /// What is wrong, and what would be right.
    pub detail: String,
}

/// What a service is called in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The slug that its table gives it.
    Slug(String),
    /// Which of the tables it is, from one on, where none is given.
    Number(usize),
}

impl Subject {
    /// Of the table at that place.
    pub fn of(at: usize, table: Option<&Value>) -> Self {
        let slug = table.and_then(|table| table.get("slug")?.as_str());
        slug.map_or(Self::Number(at + 1), |slug| Self::Slug(slug.to_owned()))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slug(slug) => write!(f, "service {slug:?}"),
            Self::Number(number) => write!(f, "service number {number}"),
        }
    }
}

/// As compilers do it: file, line and column first, so that editors find it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place, service, detail, .. } = self;
        let colon = if file.is_empty() { "" } else { ":" };
        write!(f, "{file}{colon}{place}: ")?;
        let subject = service.as_ref().map(Subject::to_string);
        let names: Vec<_> = subject.into_iter().chain(self.field()).collect();
        let colon = if names.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{detail}", names.join(", "))
    }
}

impl Fault {
    fn located(&self) -> String {
        let Place { line, column } = self.place;
        format!("{} (line {line}, column {column})", self.detail)
    }

    /// The field by the names that lead to it in the service's table.
    fn field(&self) -> Option<String> {
        self.names(if self.service.is_some() { 2 } else { 0 })
    }

    /// The same where there is one service only, which goes without saying.
    pub fn field_in_form(&self) -> Option<String> {
        self.names(if self.pointer.starts_with("/service") { 2 } else { 0 })
    }

    fn names(&self, of_table: usize) -> Option<String> {
        let tokens = self.pointer.split('/').skip(1 + of_table);
        let mut field = String::new();
        for token in tokens.map(|token| token.replace("~1", "/").replace("~0", "~")) {
            match token.parse::<usize>() {
                Ok(at) => field.push_str(&format!("[{at}]")),
                Err(_) if field.is_empty() => field = token,
                Err(_) => field.push_str(&format!(".{token}")),
            }
        }
        (!field.is_empty()).then_some(field)
    }
}

/// All that is wrong with service files: nothing of them is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    kind: ProblemKind,
    faults: Vec<Fault>,
}

impl Faults {
    /// Those of one file.
    pub(super) fn new(kind: ProblemKind, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| fault.place);
        Self { kind, faults }
    }

    /// Each of them, in the order of the files and their lines.
    pub fn each(&self) -> &[Fault] {
        &self.faults
    }

    /// Those of several tables or files together; `None` where there are none.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|mut all, more| {
            all.faults.extend(more.faults);
            all
        })
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing was applied:")?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

/// For a text that comes from no file: pointers, and the lines in the details.
impl From<Faults> for Problem {
    fn from(Faults { kind, faults }: Faults) -> Self {
        if kind == ProblemKind::Invalid {
            let error =
                |fault: &Fault| FieldError { pointer: fault.pointer.clone(), detail: fault.located() };
            return Self::invalid_fields(faults.iter().map(error).collect());
        }
        let told = |fault: &Fault| match &fault.service {
            Some(service) => format!("Line {}, {service}: {}", fault.place.line, fault.detail),
            None => format!("The file {}.", fault.located()),
        };
        Self::new(kind, faults.iter().map(told).collect::<Vec<_>>().join(" "))
    }
}
