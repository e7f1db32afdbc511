//! What an event says beyond its sentence.

use leptos::prelude::*;
use serde_json::Value;

/// The details' fields, as they were recorded.
#[component]
pub(crate) fn Details(details: Option<Value>) -> impl IntoView {
    let fields: Vec<(String, String)> = match details {
        Some(Value::Object(fields)) => fields
            .into_iter()
            .filter_map(|(name, value)| plain(&value).map(|value| (name.replace('_', " "), value)))
            .collect(),
        Some(_) | None => Vec::new(),
    };
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

/// The value as people write it; nothing where there is nothing to say.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
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
