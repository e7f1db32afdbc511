//! The settled rules of how work on services gets done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, article_service, eventually,
};

use super::{plot, waits_for_what_may_land};

#[rstest]
#[tokio::test]
async fn an_account_that_may_still_land_is_looked_for_again_after_the_settle_time(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    // The first creation is carried out long after its answer, which says
    // nothing; the second is refused for good.
    let (creations, landed) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let there = landed.clone();
    let service = ScriptedTarget::start(move |call| match call {
        call if call.is_create() && creations.fetch_add(1, SeqCst) == 0 => Reply::status(500),
        call if call.is_create() => Reply::status(400),
        call if call.is_delete() && there.swap(false, SeqCst) => Reply::status(200),
        _ => Reply::status(404),
    });
    let service = service.await;
    portal.register_scripted("late", &service).await;
    let id = portal.tester().new_account_later("late").await["id"].clone();
    let waiting = eventually("its absence was seen once", async || {
        let account = portal.tester().account(&id).await;
        let reason = account["services"][0]["last_error"].as_str().unwrap_or_default().to_owned();
        reason.contains("looked at once more").then_some(account)
    });
    assert_eq!(waiting.await["state"], "revoking", "absence counts only when seen again");

    landed.store(true, SeqCst);
    portal.clock.advance(Duration::from_secs(31));
    portal.tester().account_once("failed", &id).await;
    assert!(!landed.load(SeqCst), "what landed late was removed");
    let deletions = service.received().iter().filter(|call| call.is_delete()).count();
    assert_eq!(deletions, 2);
}

#[rstest]
#[tokio::test]
async fn a_service_that_is_down_is_asked_now_and_then_and_all_its_work_goes_on_when_it_is_back(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(503)).await;
    portal.register_scripted("dead", &service).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(portal.tester().new_account_later("dead").await["id"].clone());
    }
    eventually("it is found to be down", async || {
        (!portal.events("action=service_down&service=dead").await.is_empty()).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = service.received().len();
    tokio::time::sleep(Duration::from_secs(11)).await;
    let probes = service.received().len() - before;
    assert!((1..=3).contains(&probes), "every five seconds a call: {probes} in eleven");
    // Another service's work goes on meanwhile.
    portal.tester().new_account().await;

    service.now(|_| Reply::status(200));
    for id in &ids {
        portal.tester().account_once("active", id).await;
    }
    assert_eq!(portal.events("action=service_down&service=dead").await.len(), 1, "it is told once");
    assert_eq!(portal.events("action=service_up&service=dead").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn the_time_for_a_creation_counts_from_its_approval(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_create() { 503 } else { 404 })).await;
    let mut table = article_service("guarded", &service.target.url());
    table["policy"] = json!({ "approval": "manager", "provision_within": "1m" });
    portal.register(&table).await;
    let id = portal.tester().new_account_later("guarded").await["id"].clone();
    portal.clock.advance(Duration::from_secs(86_400));
    assert_eq!(portal.tester().account(&id).await["state"], "requested");
    assert!(service.received().is_empty(), "a request that waits touches no service");
    let path = format!("/api/v1/accounts/{}/approve", id.as_str().unwrap());
    let approve = portal.manager().call(http::Method::POST, &path).header("prefer", "respond-async");
    approve.json(&json!({})).send().await.expect(202);
    portal.clock.advance(Duration::from_secs(50));
    assert_eq!(portal.tester().account(&id).await["state"], "provisioning");
    portal.clock.advance(Duration::from_secs(11));
    eventually("it is given up", async || {
        (portal.tester().account(&id).await["end_reason"] == "failed").then_some(())
    })
    .await;
    // A call that was under way when the clock was set may count as lost.
    portal.clock.advance(Duration::from_secs(60));
    portal.tester().account_once("failed", &id).await;
}

#[rstest]
#[tokio::test]
async fn a_request_on_which_nobody_decides_lapses(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("guarded", &service.target.url());
    table["policy"] = json!({ "approval": "manager", "request_for": "2h" });
    portal.register(&table).await;
    let id = portal.tester().new_account_later("guarded").await["id"].clone();
    portal.clock.advance(Duration::from_secs(7_201));
    let account = portal.tester().account_once("lapsed", &id).await;
    assert_eq!(account["end_reason"], "lapsed");
    assert_eq!(
        portal.tester().actions_of(&id).await,
        ["account_requested", "account_lapsed", "account_ended"]
    );
    assert!(service.received().is_empty());
}

#[rstest]
#[tokio::test]
async fn while_a_reset_is_under_way_each_service_shows_the_password_that_it_has(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let other = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("other", &other).await;
    let body = json!({ "services": [SANDBOX, "other"] });
    let account = portal.tester().post("/api/v1/accounts", &body).await.expect(201);
    let id = account["id"].clone();
    let path = format!("/api/v1/accounts/{}", id.as_str().unwrap());
    let old = account["credentials"]["password"].clone();

    other.now(|_| Reply::status(503));
    let reset = portal.tester().call(http::Method::POST, &format!("{path}/reset"));
    reset.header("prefer", "wait=1").send().await.expect(202);
    let pending = eventually("one service has the new password", async || {
        let services = portal.tester().account(&id).await["services"].clone();
        let pending = |n: usize| services[n]["reset_pending"] == true;
        (!pending(0) && pending(1)).then_some(services)
    });
    assert_eq!(pending.await[1]["state"], "active");
    let credentials = portal.tester().order(&format!("{path}/reveal")).await.expect(200);
    let secret = |n: usize| credentials["services"][n]["secret"].clone();
    assert_ne!(secret(0), old);
    assert_eq!(secret(1), old);
    assert!(portal.sandbox.accepts(text(&account["username"]), text(&secret(0))).await);

    other.now(|_| Reply::status(200));
    let done = eventually("both have it", async || {
        let credentials = portal.tester().order(&format!("{path}/reveal")).await.expect(200);
        (credentials["services"][0]["secret"] == credentials["services"][1]["secret"]).then_some(credentials)
    });
    assert_eq!(done.await["password"], secret(0));
    assert_eq!(
        portal.raw().await.text("SELECT CAST(count(*) AS text) FROM account_secrets").await.unwrap(),
        "1",
        "the old password is shredded"
    );
}

#[rstest]
#[tokio::test]
async fn an_account_on_several_services_keeps_to_the_strictest_terms(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("strict", &service.target.url());
    table["policy"] = json!({
        "default_ttl": "10m", "max_ttl": "30m", "max_active_per_person": 1,
        "password": { "length": 40, "classes": ["lower", "upper", "digit"] },
    });
    portal.register(&table).await;
    let tester = portal.tester();
    let both = |ttl: Value| json!({ "services": [SANDBOX, "strict"], "ttl": ttl });
    let too_long = tester.post("/api/v1/accounts", &both(json!("1h"))).await;
    assert_eq!(too_long.invalid_fields(), ["/ttl"]);
    let account = tester.post("/api/v1/accounts", &both(Value::Null)).await.expect(201);
    assert_eq!(text(&account["credentials"]["password"]).len(), 40);
    let lease = at(&account["expires_at"]) - at(&account["active_at"]);
    assert_eq!(lease, 600_000);
    tester.post("/api/v1/accounts", &both(Value::Null)).await.problem(429, "quota_exceeded");
    // The sandbox alone has room.
    tester.new_account().await;
}

#[rstest]
#[tokio::test]
async fn a_creation_that_was_begun_before_is_never_taken_for_a_strangers(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let creations = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| match call {
        call if call.is_create() && creations.fetch_add(1, SeqCst) == 0 => Reply::status(500),
        call if call.is_create() => Reply::status(409),
        _ => Reply::status(200),
    });
    let service = service.await;
    let mut table = article_service("unclear", &service.target.url());
    table["http"]["reset"] = json!({
        "request": "PUT /accounts/{{ username }}/password", "json": { "password": "{{ password }}" },
    });
    portal.register(&table).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["unclear"] })).await.expect(201);
    let calls: Vec<String> = service.received().into_iter().map(|call| call.what).collect();
    let put = format!("PUT /accounts/{}/password", text(&account["username"]));
    assert_eq!(calls, ["POST /create_account", "POST /create_account", put.as_str(), "POST /login"]);
    assert_eq!(plot(&service.received())[..2], ["create", "create"]);
}

#[rstest]
#[tokio::test]
async fn what_is_made_anew_is_never_taken_by_a_deletion_that_was_sent_before(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("lean", &service).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["lean"] })).await.expect(201);
    let before = service.received().len();
    // It cannot set passwords, so the account is deleted; whether that was
    // done, its answer does not say.
    let deletions = AtomicUsize::new(0);
    service.now(move |call| match call {
        call if call.is_delete() && deletions.fetch_add(1, SeqCst) == 0 => Reply::status(500),
        _ => Reply::status(200),
    });
    ask_for_reset(&portal, &account["id"]).await;
    waits_for_what_may_land(&portal, &account["id"]).await;
    assert_eq!(plot(&service.received()[before..]), ["delete"]);
    portal.clock.advance(Duration::from_secs(31));
    has_the_new_password(&portal, &account["id"]).await;
    assert_eq!(plot(&service.received()[before..]), ["delete", "delete", "create", "login"]);
}

#[rstest]
#[tokio::test]
async fn a_change_of_mind_waits_for_what_may_still_land(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("settling", &service.target.url());
    table["http"]["reset"] = json!({
        "request": "PUT /accounts/{{ username }}/password", "json": { "password": "{{ password }}" },
    });
    portal.register(&table).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["settling"] })).await.expect(201);
    let resets = || service.received().iter().filter(|call| call.what.starts_with("PUT")).count();
    service.now(|_| Reply::status(500).after(Duration::from_secs(1)));
    ask_for_reset(&portal, &account["id"]).await;
    eventually("the first reset is under way", async || (resets() == 1).then_some(())).await;
    ask_for_reset(&portal, &account["id"]).await;
    service.now(|_| Reply::status(200));
    waits_for_what_may_land(&portal, &account["id"]).await;
    assert_eq!(resets(), 1, "the first may still be carried out, so the second is not sent");
    portal.clock.advance(Duration::from_secs(31));
    has_the_new_password(&portal, &account["id"]).await;
    assert_eq!(resets(), 2);
}

#[rstest]
#[tokio::test]
async fn not_even_a_service_that_is_down_is_sent_a_change_of_mind_too_early(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("hasty", &service.target.url());
    table["http"]["reset"] = json!({
        "request": "PUT /accounts/{{ username }}/password", "json": { "password": "{{ password }}" },
    });
    table["http"]["disable"] = json!({ "request": "POST /accounts/{{ username }}/lock" });
    portal.register(&table).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["hasty"] })).await.expect(201);
    // What stands in front of it says that it does not answer; it may have heard.
    service.now(|_| Reply::status(502));
    ask_for_reset(&portal, &account["id"]).await;
    eventually("it is found to be down", async || {
        (!portal.events("action=service_down&service=hasty").await.is_empty()).then_some(())
    })
    .await;
    service.now(|_| Reply::status(200));
    let freeze = format!("/api/v1/accounts/{}/freeze", text(&account["id"]));
    let freeze = portal.manager().call(http::Method::POST, &freeze).header("prefer", "respond-async");
    freeze.json(&json!({})).send().await.expect(202);
    let locks = || service.received().iter().filter(|call| call.what.ends_with("/lock")).count();
    // More than one probe would be made meanwhile.
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(locks(), 0, "a reset that lands later would open the account again");
    portal.clock.advance(Duration::from_secs(31));
    eventually("it is locked", async || (locks() == 1).then_some(())).await;
}

async fn ask_for_reset(portal: &TestPortal, id: &Value) {
    let reset = portal.tester().call(http::Method::POST, &format!("/api/v1/accounts/{}/reset", text(id)));
    reset.header("prefer", "respond-async").send().await.expect(202);
}

async fn has_the_new_password(portal: &TestPortal, id: &Value) {
    eventually("it has the new password", async || {
        (portal.tester().account(id).await["services"][0]["reset_pending"] == false).then_some(())
    })
    .await;
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn at(value: &Value) -> i64 {
    text(value).parse::<domain::Timestamp>().unwrap().as_millis()
}
