//! Labels and attributes as people type them: one per line, `key=value`.

use std::collections::BTreeMap;

use domain::{Problem, problem::FieldError};

/// Pairs as they were read, or what is wrong with them in a sentence that
/// follows the field's name.
pub(crate) type Read = Result<BTreeMap<String, String>, String>;

/// Reads pairs.
pub(crate) fn parse(text: &str) -> Read {
    let mut pairs = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (key, value) = line.split_once('=').ok_or_else(|| text!("pair-line", line = (at + 1)))?;
        let key = key.trim().to_owned();
        if pairs.contains_key(&key) {
            return Err(text!("pair-twice", key = key));
        }
        pairs.insert(key, value.trim().to_owned());
    }
    Ok(pairs)
}

/// What is wrong with the pairs of those fields that cannot be read, together
/// with whatever else is; nothing where all can.
pub(crate) fn with_errors<const N: usize>(
    fields: [(&str, Read); N],
    check: impl FnOnce() -> Result<(), Problem>,
) -> Result<(), Problem> {
    let unreadable: Vec<FieldError> = fields
        .into_iter()
        .filter_map(|(field, read)| {
            let detail = read.err()?;
            Some(FieldError { pointer: format!("/{field}"), detail })
        })
        .collect();
    if unreadable.is_empty() {
        return Ok(());
    }
    let mut errors = check().err().map(|problem| problem.errors).unwrap_or_default();
    errors.retain(|error| !error.pointer.is_empty());
    errors.extend(unreadable);
    Err(Problem::invalid_fields(errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_one_on_each_line() {
        let pairs = parse("suite=checkout\r\n\r\n  region = eu=west \n").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("region", "eu=west"), ("suite", "checkout")]);
        assert!(parse("  \n").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_pair_is_named() {
        assert!(parse("suite=checkout\nregion").unwrap_err().contains("line 2"));
        assert!(parse("a=1\na=2").unwrap_err().contains("“a”"));
    }
}
