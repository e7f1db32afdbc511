//! Arguments that several commands take.

use std::collections::BTreeMap;

use clap::{CommandFactory, error::ErrorKind};

use super::Cli;

/// What is written as `KEY=VALUE`.
pub(super) type Pair = (String, String);

/// Reads `KEY=VALUE`.
pub(super) fn parse_pair(text: &str) -> Result<Pair, String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Reads `KEY=VALUE` or, as the API writes it, `KEY:VALUE`; answers the latter.
pub(super) fn parse_label(text: &str) -> Result<String, String> {
    let (key, value) =
        text.split_once('=').or_else(|| text.split_once(':')).ok_or("write it as KEY=VALUE")?;
    Ok(format!("{key}:{value}"))
}

/// The pairs by their keys. A key that is given twice ends the process as
/// wrong usage: only one of its values could count.
pub(super) fn each_once(option: &str, pairs: Vec<Pair>) -> BTreeMap<String, String> {
    let mut each = BTreeMap::new();
    for (key, value) in pairs {
        if each.contains_key(&key) {
            wrong_usage(&format!("{option} {key} is given twice"));
        }
        each.insert(key, value);
    }
    each
}

/// Ends the process as clap does where it finds the fault by itself.
pub(super) fn wrong_usage(why: &str) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, why).exit()
}
