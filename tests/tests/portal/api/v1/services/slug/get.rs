//! `GET /api/v1/services/{slug}`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, assert_has,
};

use super::super::SERVICE;

#[rstest]
#[tokio::test]
async fn shows_one_service(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let path = format!("/api/v1/services/{SANDBOX}");
    let service = portal.tester().get(&path).await.expect(200);
    assert_has(&service, &SERVICE);
    assert_eq!(service["base_url"], portal.sandbox.0.url());
    let blind = portal.narrowed(Who::Admin, &["events:read"]).await;
    blind.get(&path).await.problem(403, "forbidden");
}

#[tokio::test]
async fn one_that_is_not_there_is_not_found() {
    let portal = TestPortal::start(Sqlite).await;
    for slug in ["nobodys", "No%20Slug", "%00", "x".repeat(64).as_str()] {
        portal.tester().get(&format!("/api/v1/services/{slug}")).await.problem(404, "not_found");
    }
}
