//! `GET /api/v1/batches`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

use super::{BATCH, finished};

const BATCHES: &str = "/api/v1/batches";

#[rstest]
#[tokio::test]
async fn everybody_sees_their_own_and_managers_the_teams(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let first = finished(&portal.tester(), 2).await;
    let second = finished(&portal.second_tester(), 3).await;
    let ids = async |who: Who| -> Vec<_> {
        portal.api(who).get(BATCHES).await.items().into_iter().map(|batch| batch["id"].clone()).collect()
    };
    assert_eq!(ids(Who::Tester).await, [first["id"].clone()]);
    assert_eq!(ids(Who::SecondTester).await, [second["id"].clone()]);
    for who in [Who::Manager, Who::Admin] {
        assert_eq!(ids(who).await, [second["id"].clone(), first["id"].clone()], "newest first");
    }
    for batch in portal.admin().get(BATCHES).await.items() {
        assert_has(&batch, &BATCH);
        assert_eq!((&batch["kind"], &batch["state"]), (&json!("create"), &json!("finished")));
    }
}

#[rstest]
#[tokio::test]
async fn is_read_a_page_at_a_time(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for _ in 0..3 {
        let nothing = json!({ "run": "nobody's" });
        portal.tester().post("/api/v1/cleanups", &nothing).await.expect(202);
    }
    let page = portal.tester().get(&format!("{BATCHES}?limit=2")).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let rest = format!("{BATCHES}?limit=2&cursor={}", page["next"].as_str().unwrap());
    let rest = portal.tester().get(&rest).await.expect(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
    assert_eq!(portal.tester().get(&format!("{BATCHES}?limit=0")).await.invalid_fields(), ["/limit"]);
    assert_eq!(portal.tester().get(&format!("{BATCHES}?state=x")).await.invalid_fields(), ["/state"]);
    let writer = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    writer.get(BATCHES).await.problem(403, "forbidden");
}
