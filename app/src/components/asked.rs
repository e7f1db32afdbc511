//! What was asked for of a batch.

use serde_json::Value;

use crate::words::plain;

/// The fields of a batch's command that say something, each with its name.
pub(crate) fn asked(command: &Value) -> Vec<(String, String)> {
    let Value::Object(fields) = command else { return Vec::new() };
    fields.iter().filter_map(|(name, value)| field(name, value)).collect()
}

fn field(name: &str, value: &Value) -> Option<(String, String)> {
    let label = match name {
        // How many there are stands beside it, as it came true.
        "count" => return None,
        "mine" => return value.as_bool()?.then(|| (text!("asked-whose"), text!("asked-mine"))),
        "services" => text!("detail-services"),
        "service" => text!("asked-service"),
        "run" => text!("asked-run"),
        "labels" => text!("detail-labels"),
        "requested_by" => text!("asked-requested-by"),
        "username_prefix" => text!("asked-username-prefix"),
        "purpose" => text!("detail-purpose"),
        "ticket" => text!("detail-ticket"),
        "ttl" => text!("detail-ttl"),
        other => other.replace('_', " "),
    };
    plain(value).map(|value| (label, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_left_empty_is_not_said() {
        let creation =
            json!({ "services": ["shop"], "count": 20, "ticket": null, "purpose": "", "labels": {} });
        assert_eq!(asked(&creation), [("services".to_owned(), "shop".to_owned())]);
        let cleanup = json!({ "mine": true });
        assert_eq!(asked(&cleanup), [("whose".to_owned(), "all that they hold".to_owned())]);
    }
}
