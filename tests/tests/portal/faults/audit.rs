//! Whether the audit tells how each account came to be as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::trial::{enrollments, text};

/// Checks every account against its events, the oldest of which come first.
pub fn agrees(accounts: &[Value], events: &[Value]) {
    let mut by_account: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for event in events.iter().filter(|event| event["account"].is_string()) {
        by_account.entry(text(&event["account"])).or_default().push(event);
    }
    let known: BTreeSet<String> = accounts.iter().map(|account| text(&account["id"])).collect();
    let told: BTreeSet<String> = by_account.keys().cloned().collect();
    assert_eq!(told, known, "each account has its events, and each event its account");
    for account in accounts {
        let story = &by_account[&text(&account["id"])];
        if let Some(flaw) = flaw_of(account, story) {
            let story: Vec<String> = story.iter().map(|event| told_of(event)).collect();
            panic!("{flaw}: {account:#}\n{}", story.join("\n"));
        }
    }
}

fn told_of(event: &Value) -> String {
    format!("{} {} {} {}", event["at"], event["action"], event["service"], event["details"])
}

/// What in the story does not fit the account.
fn flaw_of(account: &Value, story: &[&Value]) -> Option<String> {
    let places = |action: &str| {
        let is_such = move |event: &&Value| event["action"] == action;
        story
            .iter()
            .enumerate()
            .filter(move |(_, event)| is_such(event))
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    let (requested, activated, ended) =
        (places("account_requested"), places("account_activated"), places("account_ended"));
    if requested != [0] {
        return Some("it was not asked for first of all, and once".to_owned());
    }
    if activated.len() != usize::from(account["active_at"].is_string()) {
        return Some(format!("it was activated {} times", activated.len()));
    }
    let is_over = account["ended_at"].is_string();
    if ended != if is_over { vec![story.len() - 1] } else { Vec::new() } {
        return Some("it did not end last of all, and once, if it did".to_owned());
    }
    let state = state_after(story);
    if account["state"] != state {
        return Some(format!("its events tell that it is {state}"));
    }
    enrollments(account).find_map(|on| flaw_on(on, account, story))
}

/// The state to which the events lead.
fn state_after(story: &[&Value]) -> String {
    story.iter().fold("requested".to_owned(), |state, event| match event["action"].as_str().unwrap() {
        "account_requested" => "provisioning".to_owned(),
        "account_activated" | "account_unfrozen" => "active".to_owned(),
        "account_frozen" => "frozen".to_owned(),
        "account_revoking" => "revoking".to_owned(),
        "account_ended" => text(&event["details"]["state"]),
        _ => state,
    })
}

/// What in the story does not fit how the account stands on a service.
fn flaw_on(on: &Value, account: &Value, story: &[&Value]) -> Option<String> {
    let service = text(&on["service"]);
    let here: Vec<&str> = story
        .iter()
        .filter(|event| event["service"] == service || event["action"] == "account_reset")
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    let last = |action: &str| here.iter().rposition(|told| *told == action);
    let count = |action: &str| here.iter().filter(|told| **told == action).count();
    let (created, removed) = (count("enrollment_created"), count("enrollment_removed"));
    let is_active = on["state"] == "active";
    let flaw = if created > 1 || removed > 1 {
        "was created or removed more than once"
    } else if is_active && (created, removed) != (1, 0) {
        "is there, and was not created or was removed"
    } else if removed == 1 && last("enrollment_removed") != Some(here.len() - 1) {
        "had something done to it after its removal"
    } else if removed == 0 && created == 1 && !is_active {
        "was created and never removed"
    } else if is_active && account["state"] == "active" && last("account_reset") > last("enrollment_reset") {
        "was never given the password that was asked for last"
    } else {
        return None;
    };
    Some(format!("on {service} it {flaw}"))
}

/// How often the password of each account was shown.
pub fn reveals(events: &[Value]) -> BTreeMap<String, usize> {
    let mut reveals = BTreeMap::new();
    for event in events.iter().filter(|event| event["action"] == "account_revealed") {
        *reveals.entry(text(&event["account"])).or_default() += 1;
    }
    reveals
}
