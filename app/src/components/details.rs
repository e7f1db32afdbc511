//! What an event says beyond its sentence.

use domain::{audit::Action, check::CheckStep, service::Policy};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{asked::asked, terms::terms};
use crate::words;

/// How long a value is at most that shares its line with others.
const SHORT: usize = 32;

/// The details' fields, in the words of the catalogue where it has some; what
/// the event's sentence has said already is left out.
#[component]
pub(crate) fn Details(action: Action, details: Option<Value>) -> impl IntoView {
    let mut details = match details {
        Some(Value::Object(fields)) => fields,
        Some(_) | None => Map::new(),
    };
    let definition = details.remove("definition").map(|table| view! { <Definition table=table /> });
    let steps = details.remove("steps").and_then(|steps| serde_json::from_value(steps).ok());
    let steps = steps.map(|steps| view! { <Steps steps=steps /> });
    let asked = details.remove("command").map(|command| asked(&command)).unwrap_or_default();
    let mut fields: Vec<(String, String)> =
        details.iter().filter_map(|(name, value)| field(action, name, value)).chain(asked).collect();
    // Long ones come last, so that the short ones share a line.
    fields.sort_by_key(|(_, value)| value.chars().count() > SHORT);
    view! {
        {list(fields)}
        {steps}
        {definition}
    }
}

/// How a check went: what failed, and all of it where somebody wants to know.
#[component]
fn Steps(steps: Vec<CheckStep>) -> impl IntoView {
    let failed: Vec<_> = steps.iter().filter(|step| !step.ok).collect();
    let summary = text!("details-steps", count = steps.len(), failed = failed.len());
    let failed = failed.into_iter().map(|step| (step.name.replace('_', " "), step.detail.clone())).collect();
    let line = |step: &CheckStep| {
        let took = text!("detail-milliseconds", count = step.took_ms);
        let mark = if step.ok { "✓" } else { "✗" };
        format!("{mark} {} ({took}): {}", step.name.replace('_', " "), step.detail)
    };
    let whole = steps.iter().map(line).collect::<Vec<_>>().join("\n");
    view! {
        {list(failed)}
        <details class="whole">
            <summary>{summary}</summary>
            <pre>{whole}</pre>
        </details>
    }
}

fn list(fields: Vec<(String, String)>) -> impl IntoView {
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

/// What a service file said: what people ask for first in words, and all of
/// it where somebody wants to know.
#[component]
fn Definition(table: Value) -> impl IntoView {
    let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
    let policy = table.get("policy").cloned().unwrap_or_else(|| Value::Object(Map::new()));
    let policy = serde_json::from_value::<Policy>(policy).ok();
    let fields = [
        (text!("column-address"), text("base_url")),
        (text!("column-environment"), text("environment")),
        (text!("column-connector"), text("connector")),
        (text!("column-policy"), policy.map(|policy| terms(&policy).join(" · "))),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let whole = serde_json::to_string_pretty(&table).unwrap_or_default();
    view! {
        {list(fields)}
        <details class="whole">
            <summary>{text!("details-whole-definition")}</summary>
            <pre>{whole}</pre>
        </details>
    }
}

/// A field as people read it; nothing where there is nothing to say, or where
/// the sentence has said it already.
fn field(action: Action, name: &str, value: &Value) -> Option<(String, String)> {
    let label = match name {
        "attempt" => text!("detail-attempt"),
        "call" => text!("detail-call"),
        "decide_by" => text!("detail-decide-by"),
        "end_reason" => {
            let reason = value.as_str()?.parse().ok()?;
            return Some((text!("detail-end-reason"), words::end_reason(reason)));
        }
        "expires_at" if matches!(action, Action::TokenIssued | Action::TokenRevoked) => {
            text!("detail-valid-until")
        }
        "expired_at" | "expires_at" => text!("detail-expires-at"),
        "finding" => text!("detail-finding"),
        "jumped_by_secs" => {
            let jumped = words::duration(value.as_i64()?.saturating_abs().saturating_mul(1_000));
            return Some((text!("detail-jumped-by"), jumped));
        }
        "labels" => text!("detail-labels"),
        "next_attempt_at" => text!("detail-next-attempt-at"),
        "purpose" => text!("detail-purpose"),
        "reason" if says_why(action) => return None,
        "reason" => text!("detail-reason"),
        "services" => text!("detail-services"),
        // How many steps failed says that too.
        "ok" if action == Action::ServiceChecked => return None,
        // The sentence says these, or something stands beside it that does.
        "accounts" | "asked_by" | "batch" | "from" | "in_place_of" | "keep_until" | "kind" | "owner"
        | "requested_by" | "since" | "state" | "to" | "token" | "until" => return None,
        "status" => text!("detail-status"),
        "ticket" => text!("detail-ticket"),
        "took_ms" => {
            let millis = value.as_u64()?;
            return Some((text!("detail-took"), text!("detail-milliseconds", count = millis)));
        }
        "ttl" => text!("detail-ttl"),
        other => other.replace('_', " "),
    };
    words::plain(value).map(|value| (label, value))
}

/// Whether an event's sentence says its reason.
fn says_why(action: Action) -> bool {
    matches!(action, Action::AccountRevoking | Action::AccountWithdrawn | Action::AccountDenied)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_and_lengths_are_written_for_people() {
        let written =
            |action, name, value| field(action, name, &value).map(|(name, value)| format!("{name}: {value}"));
        let said = |name, value| written(Action::AccountRenewed, name, value);
        assert_eq!(said("took_ms", json!(7)).as_deref(), Some("took: 7 ms"));
        assert_eq!(
            said("expires_at", json!("2026-01-31T09:30:00.007Z")).as_deref(),
            Some("lease ends: 2026-01-31 09:30:00 UTC")
        );
        assert_eq!(said("labels", json!({ "suite": "checkout" })).as_deref(), Some("labels: suite=checkout"));
        assert_eq!(said("ticket", json!(null)), None);
        assert_eq!(
            written(Action::TokenIssued, "expires_at", json!("2026-01-31T09:30:00Z")).as_deref(),
            Some("valid until: 2026-01-31 09:30:00 UTC")
        );
        assert_eq!(said("end_reason", json!("cleaned_up")).as_deref(), Some("ended because: cleaned up"));
    }
}
