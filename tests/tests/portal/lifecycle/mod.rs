//! What becomes of accounts when services, time and processes misbehave.

mod concurrency;
mod creation;
mod lease;
mod own_secrets;
mod plans;
mod removal;
mod restart;
mod rules;
mod sweeps;
mod upgrade;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tests::{Received, Reply, TestPortal, eventually};

/// A service that works, except that it answers the first creations so.
pub(crate) fn creating_first_answers(
    first: &'static [u16],
    then: u16,
) -> impl Fn(&Received) -> Reply + Send + Sync + 'static {
    let creations = AtomicUsize::new(0);
    move |call| {
        if !call.is_create() {
            return Reply::status(200);
        }
        let nth = creations.fetch_add(1, Ordering::SeqCst);
        Reply::status(first.get(nth).copied().unwrap_or(then))
    }
}

/// The usernames that a service was asked to create.
fn created(received: &[Received]) -> Vec<String> {
    let creations = received.iter().filter(|call| call.is_create());
    creations.map(|call| call.body["username"].as_str().unwrap().to_owned()).collect()
}

/// What a service was asked to do, in order, without the names.
fn plot(received: &[Received]) -> Vec<&'static str> {
    let kind = |call: &Received| match call {
        call if call.is_create() => "create",
        call if call.is_login() => "login",
        call if call.is_delete() => "delete",
        _ => "something else",
    };
    received.iter().map(kind).collect()
}

/// Waits until an attempt was put off because something may still land.
async fn waits_for_what_may_land(portal: &TestPortal, id: &Value) {
    eventually("it waits for what may still land", async || {
        let service = portal.tester().account(id).await["services"][0].clone();
        let error = service["last_error"].as_str().unwrap_or_default().to_owned();
        error.contains("may still be carried out").then_some(())
    })
    .await;
}
