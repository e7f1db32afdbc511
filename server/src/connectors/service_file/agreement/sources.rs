//! Services to try: what the project itself shows, and what becomes of it
//! where a field is changed.

use std::{fs, path::Path};

use domain::problem::pointer_token;
use serde_json::Value;

use crate::connectors::{ServiceFile, definition::tests as definitions, preset};

/// All fields that there are, in services that could be.
pub const EVERY_FIELD: &str = include_str!("every_field.toml");

/// Those of a file.
pub fn tables(name: &str, text: &str) -> Vec<Value> {
    match ServiceFile::parse(name, text) {
        Ok(file) => file.tables().to_vec(),
        Err(faults) => panic!("{faults}\n{text}"),
    }
}

/// What stands in a documentation or a preset's comment beside whole files: a
/// part of one, which the preset completes.
fn of_part(name: &str, preset: &str, part: &str) -> Vec<Value> {
    let secret = if part.contains("secret = \"env:") { "" } else { "secret = \"env:NAME\"" };
    let frame = "slug = \"x\"\nenvironment = \"test\"\nbase_url = \"http://localhost\"";
    tables(name, &format!("[[service]]\n{frame}\nconnector = {preset:?}\n{secret}\n{part}"))
}

/// Each preset by itself.
pub fn of_presets() -> Vec<Value> {
    preset::files().flat_map(|(name, _)| of_part(name, name, "")).collect()
}

/// The indented parts of the presets' comments that show a service file.
fn of_comments() -> Vec<Value> {
    let mut found = Vec::new();
    for (name, text) in preset::files() {
        let comment = text.lines().map_while(|line| line.strip_prefix('#'));
        let lines: Vec<_> =
            comment.map(|line| if line.starts_with("   ") { line } else { line.trim() }).collect();
        let shown = lines.split(|line| !line.is_empty() && !line.starts_with("   "));
        let is_toml = |paragraph: &&[&str]| !paragraph[0].trim_start().starts_with("- ");
        let paragraphs = |lines: &[&str]| {
            let paragraphs = lines.split(|line| line.is_empty()).filter(|paragraph| !paragraph.is_empty());
            paragraphs.filter(is_toml).map(|paragraph| paragraph.join("\n")).collect::<Vec<_>>().join("\n")
        };
        let parts = shown.map(paragraphs).filter(|part| part.contains("[service"));
        found.extend(parts.flat_map(|part| {
            if part.contains("[[service]]") { tables(name, &part) } else { of_part(name, name, &part) }
        }));
    }
    found
}

/// The TOML of the documentation, but for the operator's settings.
fn of_documentation() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let pages = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let others = [root.join("README.md"), root.join("examples/README.md")];
    let mut found =
        tables("services.toml", &fs::read_to_string(root.join("examples/services.toml")).unwrap());
    for page in pages.chain(others).filter(|page| page.extension().is_some_and(|end| end == "md")) {
        let (name, text) = (page.display().to_string(), fs::read_to_string(&page).unwrap());
        for block in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            if block.contains("[[service]]") {
                found.extend(tables(&name, block));
            } else if block.contains("[service.") {
                found.extend(of_part(&name, "rest", block));
            } else if block.starts_with("rules = ") {
                let step = "[service.http.verify]\nrequest = \"GET /{{ password }}\"";
                found.extend(of_part(&name, "rest", &format!("{step}\n{block}")));
            } else {
                let is_setting = ["environments = ", "allowed_", "[audit]", "[http]", "[oidc]", "[[ci]]"]
                    .iter()
                    .any(|setting| block.contains(setting));
                assert!(is_setting, "{name} shows what is neither a service nor settings:\n{block}");
            }
        }
    }
    found
}

/// All that the portal accepts.
pub fn good() -> Vec<Value> {
    let sources = [of_presets(), of_comments(), of_documentation(), tables("every_field.toml", EVERY_FIELD)];
    for source in &sources {
        assert!(!source.is_empty());
    }
    sources.into_iter().flatten().chain([definitions::orders()]).collect()
}

/// Every place in a table, by JSON Pointer.
pub fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inner: Vec<_> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (format!("{at}/{}", pointer_token(name)), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (pointer, value) in inner {
        places(value, &pointer, found);
        found.push(pointer);
    }
}

/// The table with one field left out, renamed, doubled or of another type.
pub fn mutations(table: &Value) -> Vec<(String, Value)> {
    let others: Vec<Value> = serde_json::from_str(
        r#"[false, 0, -1, 70000, 1.5, "", "x", "{{ secret }}", "/a", "GET /{{ username }}", [], [{}], {}, {"x": "y"}]"#,
    )
    .unwrap();
    let mut pointers = Vec::new();
    places(table, "", &mut pointers);
    let mut made = Vec::new();
    for pointer in &pointers {
        for other in &others {
            let mut table = table.clone();
            *table.pointer_mut(pointer).unwrap() = other.clone();
            made.push((format!("{pointer} is {other}"), table));
        }
        let (outer, name) = pointer.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/").replace("~0", "~");
        for new_name in [None, Some(format!("{name}s")), Some("Odd name".to_owned())] {
            let mut table = table.clone();
            let Some(Value::Object(fields)) = table.pointer_mut(outer) else { continue };
            let value = fields.remove(&name).unwrap();
            fields.extend(new_name.clone().map(|new_name| (new_name, value)));
            made.push((format!("{pointer} is called {new_name:?}"), table));
        }
    }
    made
}
