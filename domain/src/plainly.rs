//! What serde says of a value that does not fit, in plain words.

/// What is wrong with a value, for whoever wrote it: serde speaks of Rust's
/// types. What is no message of serde's own stays as it is.
pub fn plainly(message: &str) -> String {
    let quoted = |start: &str| message.strip_prefix(start)?.split_once('`').map(|(name, _)| name);
    if quoted("missing field `").is_some() {
        return "is missing".to_owned();
    }
    if quoted("duplicate field `").is_some() {
        return "stands twice".to_owned();
    }
    if quoted("unknown field `").is_some() {
        return choice(message).map_or_else(
            || "is not a field here".to_owned(),
            |known| format!("is not a field here; there are: {known}"),
        );
    }
    if quoted("unknown variant `").is_some() {
        return choice(message).map_or_else(|| message.to_owned(), |known| format!("must be one of {known}"));
    }
    let unfit = ["invalid type: ", "invalid value: ", "invalid length "];
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if unfit.iter().any(|start| message.starts_with(start)) => {
            format!("must be {}", kind(expected))
        }
        _ => message.to_owned(),
    }
}

/// The names among which one has to choose.
fn choice(message: &str) -> Option<String> {
    let (_, known) = message.split_once("`, expected ")?;
    Some(known.trim_start_matches("one of ").replace(" or ", ", ").replace('`', ""))
}

/// What stands for one of Rust's types.
fn kind(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "a string" | "string" | "a borrowed string" => "text",
        "a boolean" => "true or false",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0 up",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Debug};

    use serde::{Deserialize, de::DeserializeOwned};

    use super::*;
    use crate::{people::Role, time::TtlText};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only read")]
        count: u32,
        #[expect(dead_code, reason = "only read")]
        on: Option<bool>,
    }

    fn said<T: DeserializeOwned + Debug>(json: &str) -> String {
        let error = serde_json::from_value::<T>(json.parse().unwrap()).unwrap_err();
        plainly(&error.to_string())
    }

    #[test]
    fn what_does_not_fit_is_said_without_rusts_types() {
        assert_eq!(said::<Vec<String>>(r#""orders""#), "must be a list");
        assert_eq!(said::<BTreeMap<String, String>>("[]"), "must be an object");
        assert_eq!(said::<String>("5"), "must be text");
        assert_eq!(said::<Sample>(r#"{"count": -1}"#), "must be a whole number from 0 to 4294967295");
        assert_eq!(said::<Sample>(r#"{"count": 1, "on": "yes"}"#), "must be true or false");
        assert_eq!(said::<Sample>("{}"), "is missing");
        assert_eq!(said::<Sample>(r#"{"cuont": 1}"#), "is not a field here; there are: count, on");
        assert_eq!(said::<Sample>("5"), "must be an object");
        assert_eq!(said::<Role>(r#""king""#), "must be one of tester, manager, admin");
        let length = "must be a length of time such as \"30m\", or a whole number of seconds";
        assert_eq!(said::<TtlText>("1800.5"), length);
        assert_eq!(plainly("duplicate field `on`"), "stands twice");
    }

    #[test]
    fn what_somebody_else_says_stays_as_it_is() {
        for said in ["must not be empty", "is no id", "the name, expected or not, is taken"] {
            assert_eq!(plainly(said), said);
        }
    }
}
