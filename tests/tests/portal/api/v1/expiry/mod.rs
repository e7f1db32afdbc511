mod get;
mod resume;

use serde_json::Value;
use tests::{TestPortal, eventually};

const EXPIRY: &str = "/api/v1/expiry";

/// Sets the clock, and answers why leases do not end then.
async fn jump(portal: &TestPortal, secs: i64) -> Value {
    portal.clock.jump_secs(secs);
    let paused = eventually("the jump is seen", async || {
        let paused = portal.tester().get(EXPIRY).await.expect(200)["paused"].clone();
        paused.is_object().then_some(paused)
    });
    paused.await
}
