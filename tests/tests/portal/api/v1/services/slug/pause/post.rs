//! `POST /api/v1/services/{slug}/pause`

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, full_service, with_approval,
};

const PAUSE: &str = "/api/v1/services/user-service/pause";

#[rstest]
#[tokio::test]
async fn no_new_accounts_are_given_out_there(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let paused = portal.admin().post(PAUSE, &json!({ "reason": "the disk is full" })).await.expect(200);
    assert_eq!((&paused["state"], &paused["state_reason"]), (&json!("paused"), &json!("the disk is full")));
    let since = paused["state_since"].as_str().unwrap();
    portal.register(&article_service("orders", &portal.sandbox.0.url())).await;
    for wanted in [
        json!({ "services": [SANDBOX] }),
        json!({ "services": ["orders", SANDBOX] }),
        json!({ "services": [SANDBOX], "count": 3 }),
    ] {
        let refused = portal.tester().post("/api/v1/accounts", &wanted).await.problem(409, "conflict");
        let said = refused["detail"].as_str().unwrap();
        for part in [SANDBOX, since, "the disk is full", "until an admin resumes it"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert!(portal.tester().get("/api/v1/accounts").await.items().is_empty());
    let event = portal.events("action=service_paused").await.remove(0);
    assert_eq!(
        (&event["service"], &event["actor"]["login"], &event["details"]["reason"]),
        (&json!(SANDBOX), &json!("admin"), &json!("the disk is full"))
    );
    assert_eq!(portal.tester().get(&format!("/api/v1/services/{SANDBOX}")).await.expect(200), paused);
    portal.admin().order(PAUSE).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn what_is_there_goes_on(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    portal.admin().order(PAUSE).await.expect(200);
    let api = portal.tester();
    api.act(&account["id"], "renew", &json!({ "ttl": "2h" })).await.expect(200);
    let reset = api.act(&account["id"], "reset", &json!({})).await.expect(200);
    assert_ne!(reset["credentials"]["password"], account["credentials"]["password"]);
    api.act(&account["id"], "freeze", &json!({})).await.expect(200);
    api.act(&account["id"], "unfreeze", &json!({})).await.expect(200);
    let to = json!({ "to": Who::SecondTester.login() });
    api.act(&account["id"], "hand-over", &to).await.expect(200);
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    assert_eq!(portal.second_tester().delete(&path).await.expect(200)["state"], "revoked");
}

#[rstest]
#[tokio::test]
async fn a_request_that_waits_cannot_be_approved_but_denied(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let alone = portal.tester().new_account_later(SANDBOX).await;
    let denied = portal.tester().new_account_later(SANDBOX).await;
    let many = json!({ "services": [SANDBOX], "count": 2 });
    let batch = portal.tester().post("/api/v1/accounts", &many).await.expect(202);
    portal.admin().order(PAUSE).await.expect(200);
    let refused = portal.manager().act(&alone["id"], "approve", &json!({})).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("until an admin resumes it"));
    let batch_approval = format!("/api/v1/batches/{}/approve", batch["id"].as_str().unwrap());
    portal.manager().order(&batch_approval).await.problem(409, "conflict");
    portal.manager().act(&denied["id"], "deny", &json!({ "reason": "paused" })).await.expect(200);
    let unpaused = format!("/api/v1/services/{SANDBOX}/resume");
    portal.admin().order(&unpaused).await.expect(200);
    portal.manager().act(&alone["id"], "approve", &json!({})).await.expect(200);
    portal.manager().order(&batch_approval).await.expect(202);
    assert_eq!(portal.tester().batch_once_finished(&batch["id"]).await["done"], 2);
}

#[rstest]
#[tokio::test]
async fn what_failed_of_a_batch_is_not_asked_for_again_there(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let picky = ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    portal.register_scripted("picky", &picky).await;
    let wanted = json!({ "services": ["picky"], "count": 2 });
    let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    portal.admin().order("/api/v1/services/picky/pause").await.expect(200);
    let retry = format!("/api/v1/batches/{}/retry", batch["id"].as_str().unwrap());
    let refused = portal.tester().order(&retry).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("picky has been paused since"));
    assert_eq!(portal.tester().batch(&batch["id"]).await["failed"], 2, "they still belong to it");
}

#[rstest]
#[tokio::test]
async fn another_table_changes_it_and_leaves_it_paused(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let paused = portal.admin().order(PAUSE).await.expect(200);
    let table = full_service(SANDBOX, &portal.sandbox.0.url());
    let changed = portal.admin().post("/api/v1/services", &table).await.expect(200);
    assert_ne!(changed["capabilities"], paused["capabilities"]);
    assert_eq!((&changed["state"], &changed["state_since"]), (&json!("paused"), &paused["state_since"]));
}

#[rstest]
#[tokio::test]
async fn with_a_key_it_is_paused_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for _ in 0..2 {
        let call = portal.admin().call(Method::POST, PAUSE).key("k");
        assert_eq!(call.send().await.expect(200)["state"], "paused");
    }
    assert_eq!(portal.events("action=service_paused").await.len(), 1);
}

#[tokio::test]
async fn only_admins_may_and_only_where_there_is_a_service() {
    let portal = TestPortal::start(Sqlite).await;
    for who in [Who::Tester, Who::Manager] {
        portal.api(who).order(PAUSE).await.problem(403, "forbidden");
    }
    portal.narrowed(Who::Admin, &["services:read"]).await.order(PAUSE).await.problem(403, "forbidden");
    portal.admin().order("/api/v1/services/nobodys/pause").await.problem(404, "not_found");
    let long = json!({ "reason": "x".repeat(501) });
    assert_eq!(portal.admin().post(PAUSE, &long).await.invalid_fields(), ["/reason"]);
    let guarded = with_approval(article_service(SANDBOX, &portal.sandbox.0.url()));
    portal.register(&guarded).await;
    assert_eq!(portal.admin().get(&PAUSE.replace("/pause", "")).await.expect(200)["state"], "active");
}

#[rstest]
#[tokio::test]
async fn the_article_s_call_is_refused_with_the_same_words(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().order(PAUSE).await.expect(200);
    let body = json!({ "service_url": portal.sandbox.0.url() });
    portal.tester().post("/create", &body).await.problem(409, "conflict");
    portal.register(&article_service("z-orders", &portal.sandbox.0.url())).await;
    portal.tester().post("/create", &body).await.expect(200);
    let account = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    assert_eq!(account["services"][0]["service"], "z-orders", "one that gives accounts out comes first");
}
