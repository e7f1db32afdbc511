//! `GET /readyz`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

#[rstest]
#[tokio::test]
async fn a_portal_is_ready_while_its_database_is_as_it_should_be(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    assert_eq!(portal.anonymous().get("/readyz").await.expect(200)["status"], "ok");
    // As if the program were newer than the database.
    let last = "DELETE FROM seaql_migrations WHERE version = (SELECT max(version) FROM seaql_migrations)";
    assert_eq!(portal.raw().await.execute(last).await.unwrap(), 1);
    assert_eq!(portal.anonymous().get("/readyz").await.status, 503);
    portal.anonymous().get("/healthz").await.expect(200);
}
