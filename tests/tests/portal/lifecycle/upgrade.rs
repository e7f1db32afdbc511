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

/// Takes the step back that came with sweeps.
const TAKE_SWEEPS_BACK: [&str; 4] = [
    "DROP TABLE drift",
    "DROP TABLE sweeps",
    "ALTER TABLE enrollments DROP COLUMN not_ours",
    "DELETE FROM seaql_migrations WHERE version LIKE 'm0013%'",
];

#[rstest]
#[tokio::test]
async fn names_of_before_that_were_a_strangers_are_known_as_such(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_listing(database).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let account = portal.tester().new_account().await;
        let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
        portal.tester().delete(&path).await.expect(200);
        names.push(account["username"].as_str().unwrap().to_owned());
        portal.sandbox.create(names.last().unwrap(), "secret").await;
    }
    portal.stop().await;
    let raw = portal.raw().await;
    let was_a_strangers = format!(
        "UPDATE enrollments SET proof = 'POST /create_account answered 409 after 3 ms; it belongs to somebody else' \
         WHERE username = '{}'",
        names[0]
    );
    raw.execute(&was_a_strangers).await.unwrap();
    for step in TAKE_SWEEPS_BACK {
        raw.execute(step).await.unwrap();
    }
    portal.start_again().await;
    portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200);
    assert_eq!(portal.sandbox.usernames().await, names[..1], "only what was ours is deleted");
}
