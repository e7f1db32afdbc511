//! `POST /api/v1/services/{slug}/resume`

use http::Method;
use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

const PAUSE: &str = "/api/v1/services/user-service/pause";
const RESUME: &str = "/api/v1/services/user-service/resume";

#[rstest]
#[tokio::test]
async fn accounts_are_given_out_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().order(PAUSE).await.expect(200);
    portal.manager().order(RESUME).await.problem(403, "forbidden");
    let resumed = portal.admin().order(RESUME).await.expect(200);
    assert_eq!(resumed["state"], "active");
    assert!(resumed.get("state_since").is_none() && resumed.get("state_reason").is_none());
    portal.tester().new_account().await;
    let event = portal.events("action=service_resumed").await.remove(0);
    assert!(event["details"]["paused_since"].is_string());
}

#[rstest]
#[tokio::test]
async fn one_that_is_not_paused_is_a_conflict(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().order(RESUME).await.problem(409, "conflict");
    portal.admin().order("/api/v1/services/nobodys/resume").await.problem(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn with_a_key_it_is_resumed_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().order(PAUSE).await.expect(200);
    for _ in 0..2 {
        let call = portal.admin().call(Method::POST, RESUME).key("k");
        assert_eq!(call.send().await.expect(200)["state"], "active");
    }
    assert_eq!(portal.events("action=service_resumed").await.len(), 1);
}
