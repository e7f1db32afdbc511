//! `PUT /api/v1/runs/{run}/keep`

use std::time::Duration;

use domain::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use server::world::Clock;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who,
};

const RUN: &str = "github:acme/shop:9123:1";
const KEEP: &str = "/api/v1/runs/github:acme%2Fshop:9123:1/keep";

async fn account_of_run(portal: &TestPortal) -> Value {
    let wanted = json!({ "services": [SANDBOX], "run": RUN, "ttl": "2h" });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201)
}

#[rstest]
#[tokio::test]
async fn its_accounts_are_spared_by_cleanups_for_a_while(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let id = account_of_run(&portal).await["id"].clone();
    let before = portal.clock.now();
    let run = portal.tester().put(KEEP, &json!({ "for": "30m" })).await.expect(200);
    assert_eq!((&run["run"], &run["accounts"]), (&json!(RUN), &json!(1)));
    assert_eq!(portal.tester().account(&id).await["kept_until"], run["keep_until"]);
    let until: Timestamp = run["keep_until"].as_str().unwrap().parse().unwrap();
    assert!((1_800_000..1_860_000).contains(&until.millis_since(before)), "{until}");
    for which in [json!({ "run": RUN }), json!({ "mine": true }), json!({ "service": SANDBOX })] {
        let found = portal.tester().post("/api/v1/cleanups?dry_run=true", &which).await.expect(200);
        assert_eq!((&found["matched"], &found["kept"]), (&json!(0), &json!(1)), "{which}");
        let batch = portal.tester().post("/api/v1/cleanups", &which).await.expect(202);
        assert_eq!((&batch["total"], &batch["state"]), (&json!(0), &json!("finished")), "{which}");
        assert_eq!(batch["kept"], 1, "{which}");
    }
    assert!(portal.tester().actions_of(&id).await.contains(&"account_kept".to_owned()));
    assert_eq!(portal.tester().account(&id).await["state"], "active");
    portal.clock.advance(Duration::from_secs(1_900));
    let batch = portal.tester().post("/api/v1/cleanups", &json!({ "run": RUN })).await.expect(202);
    assert_eq!(portal.tester().batch_once_finished(&batch["id"]).await["done"], 1);
}

#[rstest]
#[tokio::test]
async fn only_those_are_spared_that_it_has_by_then(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let first = account_of_run(&portal).await;
    portal.tester().put(KEEP, &json!({ "for": "30m" })).await.expect(200);
    account_of_run(&portal).await;
    // Whoever calls a run of theirs the same is not touched.
    let wanted = json!({ "services": [SANDBOX], "run": RUN });
    portal.second_tester().post("/api/v1/accounts", &wanted).await.expect(201);
    let found =
        portal.admin().post("/api/v1/cleanups?dry_run=true", &json!({ "run": RUN })).await.expect(200);
    assert_eq!((&found["matched"], &found["kept"]), (&json!(2), &json!(1)));
    portal.tester().delete(&format!("/api/v1/accounts/{}", first["id"].as_str().unwrap())).await.expect(200);
    portal.tester().put(KEEP, &json!({ "for": "30m" })).await.expect(200);
    let batch = portal.tester().post("/api/v1/cleanups", &json!({ "mine": true })).await.expect(202);
    assert_eq!(batch["total"], 0, "kept again, with the one that came since");
}

#[rstest]
#[tokio::test]
async fn a_run_of_which_nothing_is_left_cannot_be_kept(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = account_of_run(&portal).await;
    portal
        .tester()
        .delete(&format!("/api/v1/accounts/{}", account["id"].as_str().unwrap()))
        .await
        .expect(200);
    portal.tester().put(KEEP, &json!({ "for": "30m" })).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn their_leases_end_as_ever(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let id = account_of_run(&portal).await["id"].clone();
    portal.tester().put(KEEP, &json!({ "for": "1d" })).await.expect(200);
    portal.clock.advance(Duration::from_secs(7_300));
    assert_eq!(portal.tester().account_once("revoked", &id).await["end_reason"], "expired");
}

#[rstest]
#[tokio::test]
async fn said_again_it_counts_from_then(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    account_of_run(&portal).await;
    portal.tester().put(KEEP, &json!({ "for": "1d" })).await.expect(200);
    let shorter = portal.manager().put(KEEP, &json!({ "for": 60 })).await.expect(200);
    let until: Timestamp = shorter["keep_until"].as_str().unwrap().parse().unwrap();
    assert!(until.millis_since(portal.clock.now()) <= 60_000);
}

#[rstest]
#[tokio::test]
async fn a_run_of_which_one_sees_nothing_is_not_there(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    account_of_run(&portal).await;
    let hour = json!({ "for": "1h" });
    portal.second_tester().put(KEEP, &hour).await.problem(404, "not_found");
    portal.tester().put("/api/v1/runs/unknown/keep", &hour).await.problem(404, "not_found");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.put(KEEP, &hour).await.problem(403, "forbidden");
    for bad in [json!({}), json!({ "for": "soon" }), json!({ "for": 0 }), json!({ "for": "31d" })] {
        assert_eq!(portal.tester().put(KEEP, &bad).await.invalid_fields(), ["/for"], "{bad}");
    }
    portal.narrowed(Who::Tester, &["accounts:write"]).await.put(KEEP, &hour).await.expect(200);
}
