//! `POST /api/v1/batches/{id}/retry`

use rstest::rstest;
use serde_json::json;
use server::config::Retention;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, eventually,
};

use super::super::super::{finished, path_of, refusing_first, request};

#[rstest]
#[tokio::test]
async fn what_has_failed_is_asked_for_once_more(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(refusing_first(&[400; 5])).await;
    portal.register_scripted("fussy", &service).await;
    let batch = request(&portal.tester(), "fussy", 25).await;
    let first = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&first["done"], &first["failed"]), (&json!(20), &json!(5)));
    let answer = portal.tester().order(&path_of(&batch, "/retry")).await;
    let again = answer.expect(202);
    assert_eq!(answer.header("location"), path_of(&batch, ""));
    assert_eq!((&again["id"], &again["total"], &again["failed"]), (&batch["id"], &json!(25), &json!(0)));
    let whole = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&whole["total"], &whole["done"], &whole["failed"]), (&json!(25), &json!(25), &json!(0)));
    assert_eq!(portal.tester().get("/api/v1/accounts?state=active").await.items().len(), 25);
    let failed = first["failures"].as_array().unwrap();
    for failure in failed {
        assert_eq!(
            portal.tester().account(&failure["account"]).await["state"],
            "failed",
            "they stay on record"
        );
    }
    let retried = portal.events("action=batch_retried").await.remove(0);
    assert_eq!(retried["details"]["accounts"], 5);
}

#[tokio::test]
async fn what_was_forgotten_meanwhile_is_not_made_up() {
    let kept = Retention { ended_accounts: Some("30d".parse().unwrap()), audit_details: None };
    let mut portal = TestPortal::start_with(Sqlite, |config| config.retention = kept).await;
    let service = ScriptedTarget::start(refusing_first(&[400; 2])).await;
    portal.register_scripted("fussy", &service).await;
    let batch = request(&portal.tester(), "fussy", 2).await;
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    for failure in batch["failures"].as_array().unwrap() {
        portal.tester().account_once("failed", &failure["account"]).await;
    }
    portal.start_again_after_days(31).await;
    let raw = portal.raw().await;
    eventually("they are forgotten", async || {
        let kept = "SELECT CAST(count(*) AS text) FROM accounts WHERE forgotten_at IS NULL";
        (raw.text(kept).await.as_deref() == Some("0")).then_some(())
    })
    .await;
    let problem = portal.tester().order(&path_of(&batch, "/retry")).await.problem(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("forgotten"), "{problem}");
}

#[rstest]
#[tokio::test]
async fn where_nothing_has_failed_it_is_a_conflict(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let batch = finished(&portal.tester(), 2).await;
    portal.tester().order(&path_of(&batch, "/retry")).await.problem(409, "conflict");
    let cleanup = portal.tester().post("/api/v1/cleanups", &json!({ "mine": true })).await.expect(202);
    portal.tester().order(&path_of(&cleanup, "/retry")).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn what_was_taken_away_is_not_asked_for_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    for account in portal.tester().get("/api/v1/accounts").await.items() {
        portal.manager().act(&account["id"], "deny", &json!({ "reason": "not today" })).await.expect(200);
    }
    portal.tester().batch_once_finished(&batch["id"]).await;
    portal.tester().order(&path_of(&batch, "/retry")).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn two_at_once_ask_only_once_more(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(refusing_first(&[400; 3])).await;
    portal.register_scripted("fussy", &service).await;
    let batch = request(&portal.tester(), "fussy", 3).await;
    portal.tester().batch_once_finished(&batch["id"]).await;
    let (api, path) = (portal.tester(), path_of(&batch, "/retry"));
    let (one, other) = tokio::join!(api.order(&path), api.order(&path));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409]);
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["total"], &batch["done"]), (&json!(3), &json!(3)));
}

#[rstest]
#[tokio::test]
async fn is_only_for_who_sees_the_batch_and_may_write(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let refusing =
        ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    portal.register_scripted("refusing", &refusing).await;
    let batch = request(&portal.tester(), "refusing", 2).await;
    portal.tester().batch_once_finished(&batch["id"]).await;
    let path = path_of(&batch, "/retry");
    portal.second_tester().order(&path).await.problem(404, "not_found");
    portal.narrowed(Who::Tester, &["accounts:read"]).await.order(&path).await.problem(403, "forbidden");
    portal.manager().order(&path).await.expect(202);
    let accounts = portal.tester().get("/api/v1/accounts?holder=tester").await.items();
    assert_eq!(accounts.len(), 4, "they are still for who asked for the batch");
}
