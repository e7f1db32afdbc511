//! `GET /api/v1/me`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

#[rstest]
#[tokio::test]
async fn says_who_is_calling_and_by_which_token(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let narrowed = portal.narrowed(Who::Manager, &["events:read", "accounts:read"]).await;
    let me = narrowed.get("/api/v1/me").await.expect(200);
    assert_eq!(
        (&me["kind"], &me["login"], &me["role"]),
        (&"token".into(), &"manager".into(), &"manager".into())
    );
    assert_has(&me["token"], &["name", "scopes", "expires_at"]);
    assert_eq!(me["token"]["name"], "manager CI");
    assert_eq!(me["token"]["scopes"], serde_json::json!(["accounts:read", "events:read"]));
}
