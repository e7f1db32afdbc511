mod approve;
mod delete;
mod deny;
mod freeze;
mod get;
mod hand_over;
mod history;
mod holders;
mod renew;
mod reset;
mod reveal;
mod unfreeze;

use serde_json::{Value, json};
use tests::{SANDBOX, TestPortal};

/// A portal on whose sandbox a manager has to agree, and a request of the
/// tester's.
async fn portal_and_request(database: tests::Database) -> (TestPortal, Value) {
    let portal = TestPortal::start_guarded(database).await;
    let request = portal.tester().post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await;
    let account = request.expect(202);
    assert_eq!(account["state"], "requested");
    assert!(account.get("credentials").is_none());
    (portal, account["id"].clone())
}

fn path_of(id: &Value, what: &str) -> String {
    format!("/api/v1/accounts/{}/{what}", id.as_str().unwrap())
}

/// The names and passwords of an account's credentials.
fn login_of(credentials: &Value) -> (&str, &str) {
    (credentials["username"].as_str().unwrap(), credentials["password"].as_str().unwrap())
}
