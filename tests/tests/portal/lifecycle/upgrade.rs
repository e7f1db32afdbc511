//! What an older version left is understood by this one.

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal,
};

/// Takes the newest step of the database's shape back.
const TAKE_BACK: [&str; 5] = [
    "DROP INDEX accounts_waiting_of_batch",
    "ALTER TABLE accounts DROP COLUMN frozen_by",
    "ALTER TABLE accounts DROP COLUMN batch_id",
    "ALTER TABLE batches DROP COLUMN kept",
    "DELETE FROM seaql_migrations WHERE version LIKE 'm0010%'",
];

#[rstest]
#[tokio::test]
async fn freezes_and_batches_of_before_have_who_froze_and_what_belongs_to_them(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_full(database).await;
    let alone = portal.tester().new_account().await;
    portal.manager().act(&alone["id"], "freeze", &json!({})).await.expect(200);
    let two = json!({ "services": [SANDBOX], "count": 2, "run": "ci:1" });
    let batch = portal.tester().post("/api/v1/accounts", &two).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    portal.tester().post("/api/v1/cleanups?dry_run=true", &json!({ "run": "ci:1" })).await.expect(200);
    portal.stop().await;
    let raw = portal.raw().await;
    for step in TAKE_BACK {
        raw.execute(step).await.unwrap();
    }
    portal.start_again().await;
    let frozen = portal.tester().account(&alone["id"]).await;
    assert_eq!((&frozen["frozen_by"], frozen.get("batch")), (&json!("manager"), None));
    for account in portal.tester().get("/api/v1/accounts?run=ci:1").await.items() {
        assert_eq!((&account["batch"], account.get("frozen_by")), (&batch["id"], None));
    }
}
