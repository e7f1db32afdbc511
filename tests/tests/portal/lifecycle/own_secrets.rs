//! Services that make the credential themselves, in place of our password.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Received, Reply, ScriptedTarget, TestPortal, article_service,
};

/// Makes a token when an account is created or reset, by which alone one signs
/// in from then on.
async fn token_maker() -> ScriptedTarget {
    let made = Arc::new(AtomicUsize::new(0));
    ScriptedTarget::start(move |call: &Received| {
        if call.is_login() {
            let token = format!("t0ken-{}", made.load(Ordering::SeqCst));
            return Reply::status(if call.body["password"] == token { 200 } else { 401 });
        }
        if call.is_create() || call.what == "POST /reset" {
            let token = made.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::status(200).body(json!({ "token": format!("t0ken-{token}") }));
        }
        Reply::status(200)
    })
    .await
}

fn service(base_url: &str) -> Value {
    let mut table = article_service("tokens", base_url);
    let http = &mut table["http"];
    http["create"] = json!({
        "request": "POST /create_account", "json": { "username": "{{ username }}" },
        "capture": { "password": "/token" },
    });
    http["reset"] = json!({
        "request": "POST /reset", "json": { "username": "{{ username }}" }, "capture": { "password": "/token" },
    });
    http["disable"] = json!({ "request": "POST /disable", "json": { "username": "{{ username }}" } });
    table
}

#[rstest]
#[tokio::test]
async fn what_the_service_makes_is_sealed_revealed_and_shredded(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let target = token_maker().await;
    portal.register(&service(&target.target.url())).await;
    let wanted = json!({ "services": ["tokens"] });
    let account = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    let (id, credentials) = (&account["id"], &account["credentials"]);
    assert_eq!(credentials["services"][0]["secret"], "t0ken-1");
    assert_eq!(credentials["password"], "t0ken-1", "ours works nowhere");

    let reset = portal.tester().act(id, "reset", &json!({})).await.expect(200);
    assert_eq!(reset["credentials"]["services"][0]["secret"], "t0ken-2");
    portal.tester().act(id, "freeze", &json!({})).await.expect(200);
    portal.tester().act(id, "unfreeze", &json!({})).await.expect(200);
    let revealed = portal.tester().act(id, "reveal", &json!({})).await.expect(200);
    assert_eq!(revealed["services"][0]["secret"], "t0ken-3", "enabled by a reset, which made another one");
    let dump = String::from_utf8_lossy(&portal.raw().await.dump().await).into_owned();
    assert!(dump.contains(account["username"].as_str().unwrap()) && !dump.contains("t0ken-"));

    portal.tester().delete(&format!("/api/v1/accounts/{}", id.as_str().unwrap())).await.expect(200);
    let left = "SELECT CAST(count(*) AS text) FROM enrollments WHERE own_secret IS NOT NULL";
    assert_eq!(portal.raw().await.text(left).await.as_deref(), Some("0"));
}
