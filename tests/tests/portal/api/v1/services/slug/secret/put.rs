//! `PUT /api/v1/services/{slug}/secret`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, article_service,
};

const SECRET: &str = "/api/v1/services/orders/secret";
const CANARY: &str = "s3rvice-canary";

/// A service that wants its token in the body of each creation.
fn with_secret(base_url: &str) -> Value {
    let mut table = article_service("orders", base_url);
    table["secret"] = json!("sealed");
    table["http"]["create"] = json!({
        "request": "POST /create_account",
        "json": { "username": "{{ username }}", "password": "{{ password }}", "token": "{{ secret }}" },
    });
    table
}

#[rstest]
#[tokio::test]
async fn what_the_portal_is_given_is_used_from_then_on_and_never_comes_back(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&with_secret(&target.target.url())).await;
    let service = portal.admin().get("/api/v1/services/orders").await.expect(200);
    assert_eq!(service["secret_missing"], true);
    let account = portal.tester().new_account_later("orders").await;
    let failed = portal.tester().account_once("failed", &account["id"]).await;
    let why = failed["services"][0]["last_error"].as_str().unwrap();
    assert!(why.contains("was not given the service's secret yet"), "{why}");

    for secret in ["first", CANARY] {
        let sealed = portal.admin().put(SECRET, &json!({ "value": secret })).await.expect(200);
        assert!(sealed.get("secret_missing").is_none() && !sealed.to_string().contains(secret), "{sealed}");
        let account = portal.tester().new_account_later("orders").await;
        portal.tester().account_once("active", &account["id"]).await;
        let created = target.received().into_iter().rfind(|call| call.is_create()).unwrap();
        assert_eq!(created.body["token"], secret);
    }
    assert!(!json!(portal.events("service=orders").await).to_string().contains(CANARY));
}

#[rstest]
#[tokio::test]
async fn one_that_was_retired_in_between_has_to_be_given_its_secret_again(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let table = with_secret("http://127.0.0.1:9");
    portal.register(&table).await;
    portal.admin().put(SECRET, &json!({ "value": CANARY })).await.expect(200);
    portal.admin().delete("/api/v1/services/orders").await.expect(200);
    portal.admin().put(SECRET, &json!({ "value": CANARY })).await.problem(404, "not_found");
    let again = portal.admin().post("/api/v1/services", &table).await.expect(201);
    assert_eq!(again["secret_missing"], true);
}

#[tokio::test]
async fn a_service_that_is_called_elsewhere_has_to_be_given_its_secret_again() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    let table = with_secret(&target.target.url());
    portal.register(&table).await;
    portal.admin().put(SECRET, &json!({ "value": CANARY })).await.expect(200);
    let mut renamed = table.clone();
    renamed["name"] = json!("Orders");
    let kept = portal.admin().post("/api/v1/services", &renamed).await.expect(200);
    assert!(kept.get("secret_missing").is_none(), "{kept}");

    let elsewhere = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut moved = table.clone();
    moved["http"]["create"]["request"] = json!(format!("POST {}/create_account", elsewhere.target.url()));
    let moved = portal.admin().post("/api/v1/services", &moved).await.expect(200);
    assert_eq!(moved["secret_missing"], true);
    let account = portal.tester().new_account_later("orders").await;
    portal.tester().account_once("failed", &account["id"]).await;
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn what_cannot_be_sealed_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    let sandbox = format!("/api/v1/services/{SANDBOX}/secret");
    let value = json!({ "value": "x" });
    let refused = portal.admin().put(&sandbox, &value).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("secret = \"sealed\""), "{refused}");
    assert_eq!(portal.admin().put(&sandbox, &json!({ "value": "" })).await.invalid_fields(), ["/value"]);
    portal.admin().put("/api/v1/services/nobodys/secret", &value).await.problem(404, "not_found");
    portal.manager().put(&sandbox, &value).await.problem(403, "forbidden");
}
