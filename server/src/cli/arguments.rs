//! Arguments that several commands take.

/// What is written as `KEY=VALUE`.
pub(super) type Pair = (String, String);

/// Reads `KEY=VALUE`.
pub(super) fn parse_pair(text: &str) -> Result<Pair, String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
