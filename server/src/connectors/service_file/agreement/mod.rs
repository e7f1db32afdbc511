//! The published schema and the portal's own reading are held together: what
//! the portal accepts the schema accepts, and what only the portal can refuse
//! is listed here.

mod sources;

use std::{collections::BTreeSet, sync::LazyLock};

use jsonschema::Validator;
use regex::RegexSet;
use serde_json::{Value, json};

use self::sources::{EVERY_FIELD, good, mutations, of_presets, places, tables};
use super::SCHEMA;
use crate::connectors::{
    Guard, GuardSettings, ServiceDefinition, definition::tests as definitions, http::broken_rules, preset,
};

/// What the schema cannot tell: the portal's words for it, and why.
const ONLY_THE_PORTAL: [(&str, &str); 30] = [
    ("is no template that can be used", "templates"),
    ("names `.*`, which is none of the values", "templates: there is no such value"),
    ("contains a block", "templates"),
    ("which has to be percent-encoded", "templates: the path around the values"),
    ("must be a method and a path", "templates: the path around the values"),
    ("must name a host that is written out", "templates: the URL around the values"),
    ("must not hold a secret itself", "templates: whether they name one"),
    ("names no account", "references: between an operation and its values"),
    ("checks no login", "references: between an operation and its values"),
    ("sets no password", "references: between an operation and its values"),
    ("captures a `password`", "references: between an operation and its captures"),
    ("uses `\\{\\{ remote_id }}`", "references: between operations"),
    ("uses `\\{\\{ secret }}`", "references: between calls and service"),
    ("tells nothing", "references: between a login and its captures"),
    ("is missing: an account has to be created", "references: between preset and service"),
    ("^/http/[a-z]+: must be a table$", "references: `false` for what the preset does not have"),
    ("^/http/values: must be an object$", "references: `false` for what the preset does not have"),
    ("is not allowed: ", "the guard: what the operator allows"),
    ("must be an http or https URL", "URLs"),
    ("is set by the portal itself", "names of headers"),
    ("must be a regular expression", "regular expressions, which are not those of JSON Schema"),
    ("must not be longer than max_ttl", "sums of durations"),
    ("must be at least 1s", "sums of durations"),
    ("must be at most 36500d", "sums of durations"),
    ("must be at most 1h", "sums of durations"),
    ("which stands for no value here", "templates: where there are none"),
    ("must be one expression such as", "templates: what stands around them"),
    ("must not hold CDATA", "templates: what stands around them"),
    ("must end with its path", "URLs"),
    ("create nothing, as it seems", "references: between the steps of a creation"),
];

/// Finds those words in a fault.
static WORDS: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(ONLY_THE_PORTAL.map(|(words, _)| words)).unwrap());

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// A guard that allows the secret that the table names.
fn read(table: &Value) -> Result<(), Vec<String>> {
    let secret = table.get("secret").and_then(Value::as_str).unwrap_or("env:NONE");
    let settings = GuardSettings { allowed_secrets: vec![secret.to_owned()], ..GuardSettings::default() };
    let read = ServiceDefinition::parse(table, &Guard::new(settings));
    let told =
        |problem: domain::Problem| problem.errors.into_iter().map(|e| format!("{}: {}", e.pointer, e.detail));
    read.map(drop).map_err(|problem| told(problem.into()).collect())
}

/// Whether both accept the table, or both refuse it.
///
/// # Errors
/// One of them does what the other could do as well.
fn agree(schema: &Validator, table: &Value) -> Result<bool, String> {
    let file = json!({ "service": [table] });
    match (schema.validate(&file), read(table)) {
        (Ok(()), Ok(())) => Ok(true),
        (Err(_), Err(_)) => Ok(false),
        (Err(error), Ok(())) => Err(format!("only the schema refuses {}: {error}", error.instance_path())),
        (Ok(()), Err(faults)) => {
            let unknown: Vec<_> = faults.iter().filter(|fault| !WORDS.is_match(fault)).collect();
            if unknown.is_empty() { Ok(false) } else { Err(format!("only the portal refuses: {unknown:?}")) }
        }
    }
}

#[test]
fn presets_examples_and_documentation_are_accepted_by_both() {
    let schema = validator();
    for table in good() {
        assert_eq!(agree(&schema, &table), Ok(true), "{:#?}\n{table:#}", read(&table));
    }
}

#[test]
fn what_was_broken_by_hand_is_refused_by_the_portal_and_by_the_schema_as_far_as_it_can() {
    let schema = validator();
    let rules = broken_rules().as_array().unwrap().clone();
    let with_rule = rules.into_iter().map(|rule| {
        let delete = json!({ "request": "DELETE /{{ username }}", "rules": [rule] });
        json!({ "slug": "o", "environment": "test", "base_url": "http://localhost", "connector": "article",
            "http": { "delete": delete } })
    });
    for table in definitions::broken().into_iter().chain(with_rule) {
        assert_eq!(agree(&schema, &table), Ok(false), "{table:#}");
    }
}

#[test]
fn whatever_becomes_of_a_field_neither_refuses_alone_what_both_could() {
    let schema = validator();
    let (mut accepted, mut refused, mut apart) = (0, 0, BTreeSet::new());
    let tables = tables("every_field.toml", EVERY_FIELD).into_iter().chain(of_presets());
    for (change, mutation) in tables.flat_map(|table| mutations(&table)) {
        match agree(&schema, &mutation) {
            Ok(true) => accepted += 1,
            Ok(false) => refused += 1,
            Err(how) => {
                apart.insert(format!("{change}: {how}"));
            }
        }
    }
    assert!(apart.is_empty(), "{apart:#?}");
    assert!(accepted > 500 && refused > 3_000, "{accepted} accepted, {refused} refused");
}

/// By the schema, at any depth.
fn names_in_schema(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let own = fields.get("properties").and_then(Value::as_object);
            names.extend(own.into_iter().flat_map(|properties| properties.keys().cloned()));
            fields.values().for_each(|inner| names_in_schema(inner, names));
        }
        Value::Array(items) => items.iter().for_each(|inner| names_in_schema(inner, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// By the portal, which names them where it meets one that it does not know.
fn names_in_portal(table: &Value, names: &mut BTreeSet<String>) {
    let mut pointers = vec![String::new()];
    places(table, "", &mut pointers);
    for pointer in pointers {
        let mut table = table.clone();
        let Some(Value::Object(fields)) = table.pointer_mut(&pointer) else { continue };
        fields.insert("no_such_field".to_owned(), json!("x"));
        let faults = read(&table).err().unwrap_or_default();
        let told = faults.iter().filter_map(|fault| fault.split_once("is not a field here; there are: "));
        names.extend(told.flat_map(|(_, known)| known.split(", ").map(str::to_owned)));
    }
}

#[test]
fn both_know_the_same_fields() {
    let (mut in_schema, mut in_portal) = (BTreeSet::new(), BTreeSet::from(["service".to_owned()]));
    names_in_schema(&schema(), &mut in_schema);
    for table in good() {
        names_in_portal(&table, &mut in_portal);
    }
    assert_eq!(in_schema, in_portal);
}

#[test]
fn both_know_the_same_connectors() {
    let names: Vec<_> = preset::names().collect();
    assert_eq!(schema()["$defs"]["service"]["properties"]["connector"]["enum"], json!(names));
}

/// Follows a reference that stands by itself.
fn resolved<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    let reference =
        property.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    reference.map_or(property, |pointer| schema.pointer(pointer).unwrap())
}

#[test]
fn the_schema_is_one_and_explains_every_field() {
    let schema = schema();
    jsonschema::meta::validate(&schema).unwrap();
    let described = |property: &Value| resolved(&schema, property)["description"].is_string();
    let mut waiting = vec![&schema];
    let mut count = 0;
    while let Some(value) = waiting.pop() {
        // What only narrows a field says nothing new of it.
        let fields =
            value.get("additionalProperties").and(value.get("properties")).and_then(Value::as_object);
        for (name, property) in fields.into_iter().flatten() {
            assert!(described(property), "{name}: {property}");
            count += 1;
        }
        waiting.extend(value.as_object().into_iter().flat_map(|fields| fields.values()));
        waiting.extend(value.as_array().into_iter().flatten());
    }
    assert!(count > 100, "{count}");
}
