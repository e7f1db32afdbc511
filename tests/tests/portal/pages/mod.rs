//! Pages over plain HTTP, without any script.

mod account;
mod approvals;
mod batches;
mod clean_up;
mod debt;
mod deeds;
mod drift;
mod everywhere;
mod lists;
mod live;
pub mod pause;
mod people;
mod profile;
pub mod provider;
mod request;
mod services;
mod sign_in;
mod tokens;
mod welcome;

use serde_json::Value;
use tests::{Reply, ScriptedTarget, TestPortal, eventually};

fn page_of(account: &Value) -> String {
    format!("/accounts/{}", account["id"].as_str().unwrap())
}

/// An account of the tester's that its service does not let go of.
pub async fn stuck_account(portal: &TestPortal) -> (Value, ScriptedTarget) {
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 500 } else { 200 })).await;
    portal.register_scripted("stuck", &service).await;
    let account = portal.tester().new_account_later("stuck").await;
    portal.tester().account_once("active", &account["id"]).await;
    portal.tester().revoke_later(&account["id"]).await;
    let account = eventually_postponed(portal, &account, 1).await;
    (account, service)
}

/// The account, once so many attempts to remove it did not succeed.
async fn eventually_postponed(portal: &TestPortal, account: &Value, times: usize) -> Value {
    eventually(&format!("{times} attempts did not succeed"), async || {
        let actions = portal.tester().actions_of(&account["id"]).await;
        let postponed = actions.iter().filter(|action| *action == "enrollment_postponed").count();
        (postponed >= times).then_some(())
    })
    .await;
    portal.tester().account(&account["id"]).await
}
