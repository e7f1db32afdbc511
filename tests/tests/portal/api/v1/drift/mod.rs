mod get;
mod id;

use std::time::Duration;

use serde_json::{Value, json};
use tests::{SANDBOX, TestPortal, eventually};

pub const DRIFT: &str = "/api/v1/drift";

/// Sweeps the sandbox; what it found.
pub async fn sweep(portal: &TestPortal) -> Value {
    portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200)
}

/// The only entry of the inbox, after two sweeps.
pub async fn entry_after_two_sweeps(portal: &TestPortal) -> Value {
    sweep(portal).await;
    sweep(portal).await;
    the_entry(portal).await
}

/// The only entry of the inbox.
async fn the_entry(portal: &TestPortal) -> Value {
    let mut items = portal.admin().get(DRIFT).await.items();
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

/// An account of the tester's that lasts.
pub async fn lasting_account(portal: &TestPortal) -> Value {
    let wanted = json!({ "services": [SANDBOX], "ttl": "7d" });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201)
}

/// The name of an account that ended here, and that somebody has created on
/// the sandbox again.
pub async fn come_back(portal: &TestPortal) -> String {
    let account = lasting_account(portal).await;
    portal
        .tester()
        .delete(&format!("/api/v1/accounts/{}", account["id"].as_str().unwrap()))
        .await
        .expect(200);
    let username = account["username"].as_str().unwrap().to_owned();
    portal.sandbox.create(&username, "somebody's own").await;
    username
}

/// Lets an hour pass, after which the worker sweeps the sandbox.
pub async fn swept_by_itself(portal: &TestPortal) {
    let path = format!("/api/v1/services/{SANDBOX}");
    let swept_at = async || portal.admin().get(&path).await.expect(200)["last_sweep"]["swept_at"].clone();
    let before = swept_at().await;
    portal.clock.advance(Duration::from_secs(3_601));
    eventually("the service is swept", async || (swept_at().await != before).then_some(())).await;
}

/// Decides on an entry.
pub async fn decide(portal: &TestPortal, entry: &Value, what: &str) -> tests::Answer {
    portal.admin().order(&format!("{DRIFT}/{}/{what}", entry["id"].as_str().unwrap())).await
}
