//! Labels as people type them: one per line, `key=value`.

use std::collections::BTreeMap;

use domain::{Problem, problem::FieldError};

/// Reads labels; says what is wrong with them in a sentence that follows the
/// field's name.
pub(crate) fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut labels = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (key, value) = line.split_once('=').ok_or_else(|| text!("label-line", line = (at + 1)))?;
        let key = key.trim().to_owned();
        if labels.contains_key(&key) {
            return Err(text!("label-twice", key = key));
        }
        labels.insert(key, value.trim().to_owned());
    }
    Ok(labels)
}

/// What is wrong with labels that cannot be read, together with whatever else
/// is; nothing where they can.
pub(crate) fn with_errors(
    labels: Result<BTreeMap<String, String>, String>,
    check: impl FnOnce() -> Result<(), Problem>,
) -> Result<(), Problem> {
    let Err(detail) = labels else { return Ok(()) };
    let mut errors = check().err().map(|problem| problem.errors).unwrap_or_default();
    errors.retain(|error| !error.pointer.is_empty());
    errors.push(FieldError { pointer: "/labels".to_owned(), detail });
    Err(Problem::invalid_fields(errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_one_on_each_line() {
        let labels = parse("suite=checkout\r\n\r\n  region = eu=west \n").unwrap();
        let labels: Vec<_> = labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(labels, [("region", "eu=west"), ("suite", "checkout")]);
        assert!(parse("  \n").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_label_is_named() {
        assert!(parse("suite=checkout\nregion").unwrap_err().contains("line 2"));
        assert!(parse("a=1\na=2").unwrap_err().contains("“a”"));
    }
}
