//! Writes a service's table as people write it in a service file.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What is longer gets lines, or a header, of its own.
const WIDTH: usize = 90;

/// How people go through a table; what is not named here comes in between.
const FIRST: [&str; 18] = [
    "service",
    "policy",
    "attributes",
    "personas",
    "http",
    "values",
    "auth",
    "attest",
    "create",
    "verify",
    "reset",
    "disable",
    "enable",
    "delete",
    "gone",
    "request",
    "title",
    "status",
];
const LAST: [&str; 3] = ["rules", "undo", "outcome"];

/// The table, as what comes after `[[service]]`, or where in it something
/// stands that TOML cannot say, as a JSON Pointer.
pub fn write(table: &Map<String, Value>) -> Result<String, String> {
    let mut text = String::new();
    if !table.is_empty() {
        write_table(&mut text, &["service"], ("[", "]"), table).map_err(|path| format!("/{path}"))?;
    }
    Ok(text)
}

fn write_table(
    text: &mut String,
    path: &[&str],
    (open, close): (&str, &str),
    table: &Map<String, Value>,
) -> Result<(), String> {
    let (inner, plain): (Vec<_>, Vec<_>) =
        in_order(table).into_iter().partition(|(name, value)| has_header(path, name, value));
    if !plain.is_empty() || inner.is_empty() {
        let header: Vec<_> = path.iter().map(|name| key(name)).collect();
        let gap = if text.is_empty() { "" } else { "\n" };
        _ = writeln!(text, "{gap}{open}{}{close}", header.join("."));
        for (name, value) in plain {
            let value = lines(value).map_err(|rest| pointer(path, name, &rest))?;
            _ = writeln!(text, "{} = {value}", key(name));
        }
    }
    for (name, value) in inner {
        let path: Vec<_> = path.iter().copied().chain([name.as_str()]).collect();
        match value {
            Value::Object(fields) => write_table(text, &path, ("[", "]"), fields)?,
            Value::Array(items) => {
                for fields in items.iter().filter_map(Value::as_object) {
                    write_table(text, &path, ("[[", "]]"), fields)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

/// Whether that stands under a header of its own: the tables of a service, its
/// operations and personas, an operation's steps, and what else is long.
fn has_header(path: &[&str], name: &str, value: &Value) -> bool {
    match path {
        [_] => value.is_object(),
        [_, "http" | "personas"] => value.is_object(),
        [_, "http", _] if name == "steps" => {
            value.as_array().is_some_and(|steps| !steps.is_empty() && steps.iter().all(Value::is_object))
        }
        [_, _, _] => value.is_object() && inline(value).is_ok_and(|text| text.len() > WIDTH),
        [..] => false,
    }
}

/// A value; a list that is long, or of tables, over several lines.
fn lines(value: &Value) -> Result<String, String> {
    let text = inline(value)?;
    match value {
        Value::Array(items) if text.len() > WIDTH || items.iter().any(Value::is_object) => {
            let items = items.iter().map(inline).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[\n{}]", items.iter().map(|item| format!("  {item},\n")).collect::<String>()))
        }
        Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Object(_) => Ok(text),
    }
}

/// A value in one line, or where in it there is something that cannot be said.
fn inline(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Err(String::new()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(quoted(text)),
        Value::Array(items) => {
            let item = |(at, item): (usize, _)| inline(item).map_err(|rest| format!("/{at}{rest}"));
            let items = items.iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        Value::Object(fields) if fields.is_empty() => Ok("{}".to_owned()),
        Value::Object(fields) => {
            let field = |(name, value): (&String, _)| {
                let value = inline(value).map_err(|rest| format!("/{name}{rest}"))?;
                Ok(format!("{} = {value}", key(name)))
            };
            let fields = in_order(fields).into_iter().map(field).collect::<Result<Vec<_>, String>>()?;
            Ok(format!("{{ {} }}", fields.join(", ")))
        }
    }
}

fn in_order(table: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = table.iter().collect();
    fields.sort_by_key(|(name, _)| {
        let place = |names: &[&str]| names.iter().position(|known| known == name);
        match (place(&FIRST), place(&LAST)) {
            (Some(at), _) => at,
            (None, Some(at)) => FIRST.len() + 1 + at,
            (None, None) => FIRST.len(),
        }
    });
    fields
}

fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// JSON's escapes are TOML's as well, but for one character that TOML wants
/// escaped and JSON does not.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn pointer(path: &[&str], name: &str, rest: &str) -> String {
    let path: Vec<_> = path[1..].iter().copied().chain([name]).collect();
    format!("{}{rest}", path.join("/"))
}
