//! A service's table as a form shows it: what most services say by field, and
//! the rest as it stands in a service file.

mod field;
#[cfg(test)]
mod tests;
mod toml_text;

use domain::{
    problem::{FieldError, Problem, ProblemKind},
    service::ServiceForm,
};
use serde_json::{Value, json};

use self::field::{Field, fields};
use super::{ServiceFile, service_file::Fault};

/// The form's field for all that has none of its own.
const TOML: &str = "/toml";

/// The form with what the table says. Whatever no field can show stays in the
/// text, so any table can be seen.
///
/// # Errors
/// The table says something that TOML has no words for.
pub fn fill_in(table: &Value) -> Result<ServiceForm, Problem> {
    let (mut form, mut rest) = (ServiceForm::default(), table.clone());
    for (field, typed) in fields(&mut form) {
        let Some(shown) = field.shown(table.pointer(field.pointer)) else { continue };
        *typed = shown;
        if let Some(Value::Object(holder)) = field.holder(&mut rest, false) {
            holder.remove(field.name());
        }
    }
    if let Value::Object(rest) = &mut rest {
        // What is null there counts as left out.
        rest.retain(|_, value| !value.is_null());
        if let Some(Value::Object(policy)) = rest.get_mut("policy") {
            policy.retain(|_, value| !value.is_null());
            if policy.is_empty() {
                rest.remove("policy");
            }
        }
        form.toml = toml_text::write(rest).map_err(|pointer| {
            let detail = format!(
                "The table says null at {pointer}, which TOML cannot say. Change it where it comes from, or \
                 through the API."
            );
            Problem::new(ProblemKind::Conflict, detail)
        })?;
    }
    Ok(form)
}

/// A form that was filled in.
#[derive(Debug)]
pub struct FilledForm {
    text: String,
    /// The text's own table; `None` where it cannot be read.
    file: Option<ServiceFile>,
    table: Value,
    faults: Vec<Fault>,
}

impl FilledForm {
    /// Reads what was typed. What is as it was `before` stays as it was
    /// written there.
    pub fn read(form: &ServiceForm, before: Option<&Value>) -> Self {
        // Browsers send lines so.
        let text = form.toml.replace("\r\n", "\n");
        let mut filled = Self { file: None, table: json!({}), faults: Vec::new(), text };
        match ServiceFile::of_form(&filled.text) {
            Ok(file) => {
                filled.table = file.tables().first().cloned().unwrap_or_default();
                filled.file = Some(file);
            }
            Err(faults) => filled.faults.extend_from_slice(faults.each()),
        }
        for (field, typed) in fields(&mut form.clone()) {
            filled.take(field, typed.trim(), before);
        }
        filled
    }

    fn take(&mut self, field: Field, typed: &str, before: Option<&Value>) {
        if self.says(field) {
            if !typed.is_empty() {
                let twice = Problem::invalid(
                    field.pointer,
                    "stands in its own field as well: empty that, or leave it out here",
                );
                self.note_in_text(&twice);
            }
            return;
        }
        let was = before.and_then(|before| before.pointer(field.pointer));
        let is_untouched = before.is_some() && field.shown(was).as_deref() == Some(typed);
        let value = match (is_untouched, typed) {
            (true, _) => was.cloned(),
            (false, "") => None,
            (false, typed) => Some(field.value(typed)),
        };
        let Some(value) = value else { return };
        if let Some(Value::Object(holder)) = field.holder(&mut self.table, true) {
            holder.insert(field.name().to_owned(), value);
        }
    }

    /// Whether the text gives that field.
    fn says(&self, field: Field) -> bool {
        let own = self.file.as_ref().and_then(|file| file.tables().first());
        own.is_some_and(|own| own.pointer(field.pointer).is_some())
    }

    /// The whole table.
    pub const fn table(&self) -> &Value {
        &self.table
    }

    /// What was found of the table; where something is wrong with it or with
    /// the form, all of that, each by the field where it was typed.
    ///
    /// # Errors
    /// Something is wrong.
    pub fn verdict<T>(mut self, found: Result<T, Problem>) -> Result<T, Problem> {
        let (found, problem) = match found {
            Ok(found) => (Some(found), None),
            Err(problem) => (None, Some(problem)),
        };
        let known = fields(&mut ServiceForm::default()).map(|(field, _)| field);
        let mut errors = Vec::new();
        for error in problem.iter().flat_map(|problem| &problem.errors) {
            match known.iter().find(|field| field.pointer == error.pointer && !self.says(**field)) {
                Some(field) => errors
                    .push(FieldError { pointer: format!("/{}", field.name()), detail: error.detail.clone() }),
                None => self.note_in_text(&Problem::invalid_fields(vec![error.clone()])),
            }
        }
        self.faults.sort_by_key(|fault| fault.place);
        errors.extend(
            self.faults
                .iter()
                .map(|fault| FieldError { pointer: TOML.to_owned(), detail: told(fault, &self.text) }),
        );
        match (errors.is_empty(), found, problem) {
            (true, Some(found), _) => Ok(found),
            (true, None, Some(problem)) => Err(problem),
            (_, _, _) => Err(Problem::invalid_fields(errors)),
        }
    }

    fn note_in_text(&mut self, problem: &Problem) {
        // Of a text that cannot be read, that is all there is to say.
        if let Some(file) = &self.file {
            self.faults.extend_from_slice(file.faults(0, problem).each());
        }
    }
}

/// What is wrong with the text, with the line as it stands there: the browser
/// numbers none.
fn told(fault: &Fault, text: &str) -> String {
    const LONGEST: usize = 60;
    let (line, column) = (fault.place.line, fault.place.column);
    let whole = text.lines().nth(line - 1).unwrap_or_default().trim();
    let mut shown: String = whole.chars().take(LONGEST).collect();
    if shown.len() < whole.len() {
        shown.push('…');
    }
    let shown = if shown.is_empty() { shown } else { format!(", `{shown}`") };
    let field = fault.field_in_form().map(|field| format!("{field} ")).unwrap_or_default();
    format!("line {line}, column {column}{shown}: {field}{}", fault.detail)
}
