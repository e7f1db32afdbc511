mod enrollment;
mod get;
mod retry;

use serde_json::Value;
use tests::{Reply, ScriptedTarget, TestPortal, eventually};

/// A service that deletes nothing, and what the tester owes it.
async fn indebted(portal: &TestPortal) -> (ScriptedTarget, Value) {
    let stubborn =
        ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 503 } else { 200 })).await;
    portal.register_scripted("stubborn", &stubborn).await;
    let account = portal.tester().new_account_later("stubborn").await;
    portal.tester().account_once("active", &account["id"]).await;
    portal.tester().revoke_later(&account["id"]).await;
    let debt = eventually("the removal was tried", async || {
        let debt = portal.tester().get("/api/v1/debt").await.items().pop()?;
        debt["reason"].is_string().then_some(debt)
    });
    (stubborn, debt.await)
}
