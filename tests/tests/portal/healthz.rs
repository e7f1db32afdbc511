//! `GET /healthz`

use tests::{Database, TestPortal};

#[tokio::test]
async fn a_portal_that_runs_is_alive() {
    let portal = TestPortal::start(Database::Sqlite).await;
    assert_eq!(portal.anonymous().get("/healthz").await.expect(200)["status"], "ok");
}
