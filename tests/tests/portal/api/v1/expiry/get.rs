//! `GET /api/v1/expiry`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

use super::{EXPIRY, jump};

#[rstest]
#[tokio::test]
async fn says_that_leases_end_until_the_clock_jumps(
    #[values(Sqlite, Postgres)] database: Database,
    #[values(172_800, -172_800)] secs: i64,
) {
    let portal = TestPortal::start(database).await;
    assert_eq!(portal.tester().get(EXPIRY).await.expect(200), json!({ "paused": null }));
    let id = portal.tester().new_account().await["id"].clone();
    let paused = jump(&portal, secs).await;
    let jumped = paused["jumped_by_secs"].as_i64().unwrap();
    assert!((jumped - secs).abs() <= 5, "{jumped}");
    assert!(paused["until"].as_str() > paused["since"].as_str());
    assert_eq!(portal.tester().account(&id).await["state"], "active");
    assert_eq!(portal.events("action=expiry_paused").await.len(), 1);
    let reader = portal.narrowed(Who::Admin, &["events:read"]).await;
    reader.get(EXPIRY).await.problem(403, "forbidden");
}
