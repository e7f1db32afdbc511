//! `POST /api/v1/services/{slug}/check`

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Received, Reply, SANDBOX, ScriptedTarget, TestPortal, article_service, assert_has,
};

const CHECK_ORDERS: &str = "/api/v1/services/orders/check";

fn names(check: &Value) -> Vec<&str> {
    check["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect()
}

fn failed(check: &Value) -> Vec<(&str, &str)> {
    let steps = check["steps"].as_array().unwrap().iter().filter(|step| step["ok"] == false);
    steps.map(|step| (step["name"].as_str().unwrap(), step["detail"].as_str().unwrap())).collect()
}

/// The account that a check was made with.
async fn account_of_check(portal: &TestPortal) -> Value {
    let events = portal.events("action=service_checked").await;
    portal.admin().account(&events.last().unwrap()["account"]).await
}

#[rstest]
#[tokio::test]
async fn a_service_that_does_what_it_says_passes_and_nothing_is_left_on_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let check = portal.admin().order(&format!("/api/v1/services/{SANDBOX}/check")).await.expect(200);
    assert_eq!((&check["ok"], failed(&check)), (&json!(true), vec![]));
    assert_eq!(
        names(&check),
        [
            "create",
            "there",
            "login",
            "wrong_password",
            "disable",
            "disabled_login",
            "enable",
            "enabled_login",
            "reset",
            "login",
            "old_password",
            "delete",
            "gone",
            "deleted_login",
        ]
    );
    assert!(check["steps"][0]["took_ms"].is_u64());
    assert_has(&check, &["ok", "steps", "capabilities", "at"]);
    assert_eq!(portal.sandbox.usernames().await, Vec::<String>::new());

    let service = portal.admin().get(&format!("/api/v1/services/{SANDBOX}")).await.expect(200);
    assert_eq!(service["check"], check);
    let account = account_of_check(&portal).await;
    assert_eq!((&account["state"], &account["purpose"]), (&json!("revoked"), &json!("Check of the service")));
    assert_eq!(
        portal.admin().actions_of(&account["id"]).await,
        ["account_requested", "account_revoking", "enrollment_removed", "account_ended", "service_checked"]
    );
    portal.admin().act(&account["id"], "reveal", &json!({})).await.problem(409, "conflict");
}

#[tokio::test]
async fn a_login_that_accepts_any_password_is_not_relied_on_from_then_on() {
    let portal = TestPortal::start(Sqlite).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("orders", &service).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!(check["ok"], false);
    let failed = failed(&check);
    assert_eq!(failed.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["wrong_password"]);
    assert!(
        failed[0].1.contains("accepts a wrong password") && failed[0].1.contains("pointer"),
        "{failed:?}"
    );
    assert_eq!(check["disproved"], json!(["verify"]));
    let relied_on = portal.admin().get("/api/v1/services/orders").await.expect(200)["capabilities"].clone();
    assert!(!relied_on.as_array().unwrap().contains(&json!("verify")), "{relied_on}");

    // Changed, it is taken at its word again.
    let mut table = article_service("orders", &service.target.url());
    table["name"] = json!("Orders");
    let changed = portal.admin().post("/api/v1/services", &table).await.expect(200);
    assert!(changed.get("check").is_none(), "{changed}");
}

#[tokio::test]
async fn what_cannot_be_seen_to_work_is_not_disproved_by_that() {
    let portal = TestPortal::start(Sqlite).await;
    // It takes any password, so that no login says anything of the reset.
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("orders", &service.target.url());
    table["http"]["reset"] = json!({
        "request": "PUT /accounts/{{ username }}/password", "json": { "password": "{{ password }}" },
    });
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!(check["disproved"], json!(["verify"]), "{check:#}");
    assert!(check["capabilities"].as_array().unwrap().contains(&json!("reset")), "{check:#}");
}

#[tokio::test]
async fn what_the_service_refuses_comes_with_what_to_change_and_leaves_nothing_owed() {
    let portal = TestPortal::start(Sqlite).await;
    let service = ScriptedTarget::start(|call: &Received| match call.is_create() {
        true => Reply::status(422),
        false => Reply::status(404),
    });
    let service = service.await;
    let mut table = article_service("orders", &service.target.url());
    table["http"]["create"] = json!({
        "request": "POST /create_account", "json": { "username": "{{ username }}" },
        "capture": { "remote_id": "/id" },
    });
    table["http"]["delete"] = json!({ "request": "DELETE /delete_account/{{ remote_id }}" });
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!(names(&check), ["create"]);
    let detail = check["steps"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("POST /create_account answered 422"), "{detail}");
    assert!(detail.contains("{ status = 422, outcome = \"created\" }"), "{detail}");
    assert_eq!(account_of_check(&portal).await["state"], "revoked");
    assert_eq!(portal.admin().get("/api/v1/debt").await.items(), Vec::<Value>::new());
}

#[rstest]
#[tokio::test]
async fn an_account_that_the_check_could_not_remove_is_removed_by_the_portal_later(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call: &Received| match call.is_delete() {
        true => Reply::status(500),
        false => Reply::status(200),
    });
    let service = service.await;
    portal.register_scripted("orders", &service).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    let (name, detail) = *failed(&check).last().unwrap();
    assert_eq!(name, "delete");
    assert!(detail.contains("the portal goes on removing it"), "{detail}");
    let account = account_of_check(&portal).await;
    assert_eq!(account["state"], "revoking");
    service.now(|_| Reply::status(200));
    portal.clock.advance(Duration::from_secs(120));
    portal.admin().account_once("revoked", &account["id"]).await;
}

#[tokio::test]
async fn a_service_that_is_no_test_target_is_sent_nothing_else() {
    let portal = TestPortal::start(Sqlite).await;
    let about = |_: &Received| Reply::status(200).body(json!({ "environment": "production" }));
    let service = ScriptedTarget::start(about).await;
    let mut table = article_service("orders", &service.target.url());
    table["http"]["attest"] = json!({
        "request": "GET /about",
        "rules": [{ "status": 200, "pointer": "/environment", "equals": "staging", "outcome": "ok" }],
    });
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!(names(&check), ["attest"]);
    let detail = check["steps"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("/environment is \"production\""), "{detail}");
    assert!(service.received().iter().all(|call| call.what == "GET /about"));
    let refused = portal.events("action=call_refused&service=orders").await;
    assert_eq!(refused.len(), 1, "{refused:?}");

    // The same of accounts: nothing is sent, and the refusal is on record.
    let account = portal.tester().new_account_later("orders").await;
    portal.tester().account_once("failed", &account["id"]).await;
    let actions = portal.tester().actions_of(&account["id"]).await;
    assert!(actions.contains(&"call_refused".to_owned()), "{actions:?}");
    assert!(service.received().iter().all(|call| call.what == "GET /about"));
}

#[tokio::test]
async fn a_service_that_nobody_registered_cannot_be_checked() {
    let portal = TestPortal::start(Sqlite).await;
    portal.admin().order("/api/v1/services/nobodys/check").await.problem(404, "not_found");
    portal.manager().order(&format!("/api/v1/services/{SANDBOX}/check")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_an_earlier_step_made_is_taken_away_where_a_later_one_fails() {
    let portal = TestPortal::start(Sqlite).await;
    let service =
        ScriptedTarget::start(|call| Reply::status(if call.what == "PUT /rights" { 429 } else { 200 }));
    let service = service.await;
    let mut table = article_service("orders", &service.target.url());
    table["http"]["create"] = json!({ "steps": [
        { "request": "POST /create_account", "json": { "username": "{{ username }}", "password": "{{ password }}" } },
        { "request": "PUT /rights" },
    ] });
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!(check["ok"], false);
    assert!(service.received().iter().any(Received::is_delete), "{check}");
}

#[tokio::test]
async fn a_service_that_deletes_a_moment_later_passes() {
    let portal = TestPortal::start(Sqlite).await;
    let deletions = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| {
        let nth = if call.is_delete() { deletions.fetch_add(1, SeqCst) } else { 2 };
        Reply::status(if nth == 0 { 202 } else { 200 })
    });
    let service = service.await;
    let mut table = article_service("orders", &service.target.url());
    table["http"] = json!({});
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!((&check["ok"], failed(&check)), (&json!(true), vec![]));
}

#[tokio::test]
async fn a_deletion_that_was_promised_and_then_met_nothing_was_done() {
    let portal = TestPortal::start(Sqlite).await;
    let deletions = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| {
        let nth = if call.is_delete() { deletions.fetch_add(1, SeqCst) } else { 0 };
        Reply::status(match (call.is_delete(), nth) {
            (false, _) => 200,
            (true, 0 | 1) => 202,
            (true, _) => 404,
        })
    });
    let service = service.await;
    let mut table = article_service("orders", &service.target.url());
    table["http"] = json!({});
    portal.register(&table).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!((&check["ok"], failed(&check)), (&json!(true), vec![]));
}

#[tokio::test]
async fn a_service_that_asks_for_patience_or_lets_one_in_a_moment_later_passes() {
    let portal = TestPortal::start(Sqlite).await;
    let (creations, logins, password) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(None));
    let service = ScriptedTarget::start(move |call| {
        let mut password = password.lock().unwrap();
        if call.is_create() {
            if creations.fetch_add(1, SeqCst) == 0 {
                return Reply::status(429).header("retry-after", "1");
            }
            *password = Some(call.body["password"].clone());
        } else if call.is_delete() {
            *password = None;
        } else {
            let is_early = logins.fetch_add(1, SeqCst) < 2;
            let fits = password.as_ref() == Some(&call.body["password"]);
            return Reply::status(if fits && !is_early { 200 } else { 401 });
        }
        Reply::status(200)
    });
    let service = service.await;
    portal.register_scripted("orders", &service).await;
    let check = portal.admin().order(CHECK_ORDERS).await.expect(200);
    assert_eq!((&check["ok"], failed(&check)), (&json!(true), vec![]));
}
