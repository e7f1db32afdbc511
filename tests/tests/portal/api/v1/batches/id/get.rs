//! `GET /api/v1/batches/{id}`, and how a batch comes about.

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, assert_has, eventually, with_approval,
};

use super::super::{BATCH, path_of, refusing_first, request};

#[rstest]
#[tokio::test]
async fn many_accounts_are_asked_for_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let wanted = json!({ "services": [SANDBOX], "count": 25, "purpose": "load", "labels": { "suite": "s" } });
    let answer = portal.tester().post("/api/v1/accounts", &wanted).await;
    let batch = answer.expect(202);
    assert_has(&batch, &BATCH);
    assert_eq!(answer.header("location"), path_of(&batch, ""));
    assert_eq!((&batch["kind"], &batch["total"]), (&json!("create"), &json!(25)));
    assert_eq!(batch["requested_by"]["login"], "tester");
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["done"], &batch["failed"], &batch["failures"]), (&json!(25), &json!(0), &json!([])));
    assert!(batch["finished_at"].is_string());
    assert_eq!(portal.sandbox.usernames().await.len(), 25);
    let accounts = portal.tester().get("/api/v1/accounts?state=active&label=suite:s").await.items();
    assert_eq!(accounts.len(), 25);
    assert!(accounts.iter().all(|account| account["purpose"] == "load" && account["holder"] == "tester"));
}

#[rstest]
#[tokio::test]
async fn what_was_given_up_is_named_with_its_reason(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(refusing_first(&[400; 4])).await;
    portal.register_scripted("fussy", &service).await;
    let batch = request(&portal.tester(), "fussy", 25).await;
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["total"], &batch["done"], &batch["failed"]), (&json!(25), &json!(21), &json!(4)));
    let failures = batch["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 4);
    for failure in failures {
        portal.tester().account_once("failed", &failure["account"]).await;
        assert!(failure["username"].as_str().unwrap().starts_with("test_"), "{failure}");
        assert!(failure["reasons"]["fussy"].as_str().unwrap().contains("400"), "{failure}");
    }
}

#[rstest]
#[tokio::test]
async fn what_was_given_up_and_cannot_be_removed_yet_keeps_nobody_waiting(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| {
        Reply::status(if call.is_create() { 400 } else { 503 }).body(json!({ "error": "no more names" }))
    });
    let service = service.await;
    portal.register_scripted("moody", &service).await;
    let batch = request(&portal.tester(), "moody", 2).await;
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["done"], &batch["failed"]), (&json!(0), &json!(2)));
    let id = batch["failures"][0]["account"].clone();
    let meets = |error: &Value, status: &str| error.as_str().unwrap_or_default().contains(status);
    eventually("its removal does not succeed", async || {
        let leg = portal.tester().account(&id).await["services"][0].clone();
        (meets(&leg["failure"], "400") && meets(&leg["last_error"], "503")).then_some(())
    })
    .await;
    let again = portal.tester().get(&path_of(&batch, "")).await.expect(200);
    assert!(meets(&again["failures"][0]["reasons"]["moody"], "400"), "{again}");
    assert_eq!(again["finished_at"], batch["finished_at"]);

    service.now(|_| Reply::status(200));
    portal.tester().order(&path_of(&batch, "/retry")).await.expect(202);
    portal.tester().account_once("failed", &id).await;
    let leg = portal.tester().account(&id).await["services"][0].clone();
    assert!(meets(&leg["last_error"], "400"), "what is gone tells why it was given up: {leg}");
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["done"], &batch["failed"]), (&json!(2), &json!(0)));
}

#[rstest]
#[tokio::test]
async fn goes_on_after_a_restart(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    portal.sandbox.0.go_down();
    let batch = request(&portal.tester(), SANDBOX, 10).await;
    portal.stop().await;
    portal.sandbox.0.come_back().await;
    portal.start_again().await;
    portal.clock.advance(std::time::Duration::from_secs(60));
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["total"], &batch["done"]), (&json!(10), &json!(10)));
    assert_eq!(portal.sandbox.usernames().await.len(), 10);
}

#[rstest]
#[tokio::test]
async fn all_of_it_waits_for_a_manager_where_one_has_to_agree(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    portal.register(&with_approval(tests::article_service(SANDBOX, &portal.sandbox.0.url()))).await;
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    let requested = portal.manager().get("/api/v1/accounts?state=requested").await.items();
    assert_eq!(requested.len(), 2);
    assert_eq!(portal.tester().batch(&batch["id"]).await["state"], "running");
    portal.manager().act(&requested[0]["id"], "approve", &json!({})).await.expect(200);
    portal
        .manager()
        .act(&requested[1]["id"], "deny", &json!({ "reason": "one is enough" }))
        .await
        .expect(200);
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["done"], &batch["failed"]), (&json!(1), &json!(1)));
}

#[rstest]
#[tokio::test]
async fn nothing_of_it_is_asked_for_where_all_of_it_is_too_much(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let mut table = tests::article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 9 });
    portal.register(&table).await;
    let wanted = |count: Value| json!({ "services": [SANDBOX], "count": count });
    let accounts = "/api/v1/accounts";
    portal.tester().post(accounts, &wanted(json!(10))).await.problem(429, "quota_exceeded");
    assert!(portal.tester().get(accounts).await.items().is_empty());
    for count in [json!(0), json!(-1), json!(5001), json!("two"), json!(2.5)] {
        let refused = portal.tester().post(accounts, &wanted(count.clone())).await;
        assert_eq!(refused.invalid_fields(), ["/count"], "{count}");
    }
    portal.tester().post(accounts, &wanted(json!(1))).await.expect(201);
    let several = portal.tester().call(Method::POST, accounts).json(&wanted(json!(2)));
    several.header("prefer", "wait=5").send().await.expect(202);
}

#[rstest]
#[tokio::test]
async fn what_one_may_not_see_is_not_there(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    for path in [path_of(&batch, ""), "/api/v1/batches/nonsense".to_owned()] {
        portal.second_tester().get(&path).await.problem(404, "not_found");
    }
    for api in [portal.manager(), portal.admin()] {
        assert_eq!(api.batch(&batch["id"]).await["id"], batch["id"]);
    }
}
