//! What an event says beyond its sentence.

use domain::Timestamp;
use leptos::prelude::*;
use serde_json::Value;

use crate::words;

/// How long a value is at most that shares its line with others.
const SHORT: usize = 32;

/// The details' fields, in the words of the catalogue where it has some.
#[component]
pub(crate) fn Details(details: Option<Value>) -> impl IntoView {
    let mut fields: Vec<(String, String)> = match details {
        Some(Value::Object(fields)) => fields.iter().filter_map(|(name, value)| field(name, value)).collect(),
        Some(_) | None => Vec::new(),
    };
    // Long ones come last, so that the short ones share a line.
    fields.sort_by_key(|(_, value)| value.chars().count() > SHORT);
    (!fields.is_empty()).then(|| {
        view! {
            <dl class="details">
                {fields
                    .into_iter()
                    .map(|(name, value)| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> })
                    .collect_view()}
            </dl>
        }
    })
}

/// A field as people read it; nothing where there is nothing to say, or where
/// the sentence has said it already.
fn field(name: &str, value: &Value) -> Option<(String, String)> {
    let label = match name {
        "attempt" => text!("detail-attempt"),
        "call" => text!("detail-call"),
        "end_reason" => text!("detail-end-reason"),
        "expired_at" | "expires_at" => text!("detail-expires-at"),
        "finding" => text!("detail-finding"),
        "labels" => text!("detail-labels"),
        "next_attempt_at" => text!("detail-next-attempt-at"),
        "purpose" => text!("detail-purpose"),
        "reason" => text!("detail-reason"),
        "services" => text!("detail-services"),
        "state" => return None,
        "status" => text!("detail-status"),
        "ticket" => text!("detail-ticket"),
        "took_ms" => {
            let millis = value.as_u64()?;
            return Some((text!("detail-took"), text!("detail-milliseconds", count = millis)));
        }
        "ttl" => text!("detail-ttl"),
        other => other.replace('_', " "),
    };
    plain(value).map(|value| (label, value))
}

/// The value as people write it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => Some(words::to_the_second(at)),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_and_lengths_are_written_for_people() {
        let said = |name, value| field(name, &value).map(|(name, value)| format!("{name}: {value}"));
        assert_eq!(said("took_ms", json!(7)).as_deref(), Some("took: 7 ms"));
        assert_eq!(
            said("expires_at", json!("2026-01-31T09:30:00.007Z")).as_deref(),
            Some("lease ends: 2026-01-31 09:30:00 UTC")
        );
        assert_eq!(said("labels", json!({ "suite": "checkout" })).as_deref(), Some("labels: suite=checkout"));
        assert_eq!(said("ticket", json!(null)), None);
    }
}
