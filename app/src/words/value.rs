//! Values of events and commands, as people write them.

use domain::Timestamp;
use serde_json::Value;

use super::to_the_second;

/// The value as people write it.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => Some(to_the_second(at)),
            Err(_) => (!text.is_empty()).then(|| text.clone()),
        },
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(plain).collect();
            (!items.is_empty()).then(|| items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .filter_map(|(name, value)| plain(value).map(|value| format!("{name}={value}")))
                .collect();
            (!fields.is_empty()).then(|| fields.join(", "))
        }
    }
}
