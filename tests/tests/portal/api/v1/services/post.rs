//! `POST /api/v1/services`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, assert_has,
};

use super::SERVICE;

const SERVICES: &str = "/api/v1/services";

#[rstest]
#[tokio::test]
async fn registers_a_service_and_changes_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service("orders", "http://127.0.0.1:9/");
    let answer = portal.admin().post(SERVICES, &table).await;
    let service = answer.expect(201);
    assert_has(&service, &SERVICE);
    assert_eq!(answer.header("location"), "/api/v1/services/orders");
    assert_eq!(service["base_url"], "http://127.0.0.1:9");
    assert_eq!(portal.admin().post(SERVICES, &table).await.expect(200), service, "nothing changed");
    table["policy"] = json!({ "default_ttl": "30m" });
    let changed = portal.admin().post(SERVICES, &table).await.expect(200);
    assert_eq!(changed["policy"]["default_ttl"], "30m");
    assert_eq!(changed["id"], service["id"]);
    let actions: Vec<_> = portal.events("service=orders").await.iter().map(|e| e["action"].clone()).collect();
    assert_eq!(actions, ["service_registered", "service_changed"]);
}

#[tokio::test]
async fn what_is_wrong_with_the_table_is_pointed_at() {
    let portal = TestPortal::start(Sqlite).await;
    let with = |field: &str, value: Value| {
        let mut table = article_service("orders", "http://127.0.0.1:9");
        table[field] = value;
        table
    };
    for (table, pointers) in [
        (json!({}), vec!["/slug", "/environment", "/base_url", "/http/create", "/http/delete"]),
        (with("slug", json!("No Slug")), vec!["/slug"]),
        (with("name", json!("x".repeat(101))), vec!["/name"]),
        (with("name", json!("two\nlines")), vec!["/name"]),
        (with("environment", json!("production")), vec!["/environment"]),
        (with("base_url", json!("ftp://127.0.0.1")), vec!["/base_url"]),
        (with("base_url", json!("http://169.254.169.254")), vec!["/base_url"]),
        (with("base_url", json!("http://192.0.2.1")), vec!["/base_url"]),
        (with("connector", json!("nobodys")), vec!["/connector"]),
        (with("secret", json!("hunter2")), vec!["/secret"]),
        (with("secret", json!("env:UNDERSTUDY_KEYS")), vec!["/secret"]),
        (
            with("policy", json!({ "max_ttl": "soon", "concurrency": 0 })),
            vec!["/policy/max_ttl", "/policy/concurrency"],
        ),
        (with("http", json!({ "delete": { "request": "DELETE /users" } })), vec!["/http/delete/request"]),
        (with("colour", json!("red")), vec!["/colour"]),
    ] {
        let answer = portal.admin().post(SERVICES, &table).await;
        assert_eq!(answer.invalid_fields(), pointers, "{table}");
        assert!(!answer.text.contains("hunter2"));
    }
    assert_eq!(portal.admin().get(SERVICES).await.items().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_service_that_holds_accounts_does_not_move(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let moved = article_service(SANDBOX, "http://127.0.0.1:9");
    portal.admin().post(SERVICES, &moved).await.problem(409, "conflict");
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    assert_eq!(portal.admin().post(SERVICES, &moved).await.expect(200)["base_url"], "http://127.0.0.1:9");
}

#[tokio::test]
async fn only_admins_may() {
    let portal = TestPortal::start(Sqlite).await;
    let table = article_service("orders", "http://127.0.0.1:9");
    for who in [Who::Tester, Who::Manager] {
        portal.api(who).post(SERVICES, &table).await.problem(403, "forbidden");
    }
    let reader = portal.narrowed(Who::Admin, &["services:read"]).await;
    reader.post(SERVICES, &table).await.problem(403, "forbidden");
    let writer = portal.narrowed(Who::Admin, &["services:write"]).await;
    writer.post(SERVICES, &table).await.expect(201);
}
