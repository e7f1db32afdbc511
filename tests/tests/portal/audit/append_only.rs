//! The database itself refuses to change history.

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

#[rstest]
#[tokio::test]
async fn events_and_seals_are_neither_changed_nor_deleted(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    portal.seal().await;
    let raw = portal.raw().await;
    let before = portal.events("").await;
    for sql in [
        "UPDATE events SET actor_login = 'nobody'",
        "UPDATE events SET at = at + 1",
        "DELETE FROM events",
        "UPDATE seals SET hash = 'x'",
        "DELETE FROM seals",
        "UPDATE event_details SET details = '{}'",
    ] {
        let refused = raw.execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("the audit trail is append-only"), "{sql}: {refused}");
    }
    if database == Postgres {
        for sql in ["TRUNCATE seals", "TRUNCATE events CASCADE"] {
            let refused = raw.execute(sql).await.unwrap_err().to_string();
            assert!(refused.contains("the audit trail is append-only"), "{sql}: {refused}");
        }
    }
    assert_eq!(portal.events("").await, before);
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], true);
}
