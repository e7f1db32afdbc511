//! `GET /api/v1/events/verify`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has, eventually,
};

const VERIFY: &str = "/api/v1/events/verify";

#[rstest]
#[tokio::test]
async fn an_untouched_history_is_whole(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    let verdict = eventually("the sealer has chained every event", async || {
        let verdict = portal.manager().get(VERIFY).await.expect(200);
        (verdict["unsealed"] == 0 && verdict["events"] == portal.events("").await.len()).then_some(verdict)
    });
    let verdict = verdict.await;
    assert_has(&verdict, &["ok", "events", "head"]);
    assert_eq!(verdict["ok"], true);
    assert!(verdict.get("first_bad").is_none());
    assert_eq!(verdict["head"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn only_those_who_read_the_audit_may_ask() {
    let portal = TestPortal::start(Sqlite).await;
    portal.tester().get(VERIFY).await.problem(403, "forbidden");
    let blind = portal.narrowed(Who::Admin, &["accounts:read"]).await;
    blind.get(VERIFY).await.problem(403, "forbidden");
}
