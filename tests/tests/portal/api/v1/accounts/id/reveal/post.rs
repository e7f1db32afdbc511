//! `POST /api/v1/accounts/{id}/reveal`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, ScriptedTarget, TestPortal, Who, article_service, assert_has,
};

#[rstest]
#[tokio::test]
async fn the_holder_sees_the_password_and_each_time_is_an_event(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}/reveal", account["id"].as_str().unwrap());
    for times in 2..4 {
        let answer = portal.tester().order(&path).await;
        let credentials = answer.expect(200);
        assert_has(&credentials, &["username", "email", "password", "services"]);
        assert_eq!(credentials, account["credentials"]);
        assert_eq!(answer.header("cache-control"), "no-store");
        let reveals = portal.events("action=account_revealed").await;
        assert_eq!(reveals.len(), times);
        assert_eq!(reveals[times - 1]["request_id"], answer.header("x-request-id"));
    }
}

#[rstest]
#[tokio::test]
async fn nobody_else_does_whatever_their_role(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}/reveal", account["id"].as_str().unwrap());
    portal.second_tester().order(&path).await.problem(404, "not_found");
    for who in [Who::Manager, Who::Admin] {
        let answer = portal.api(who).order(&path).await;
        answer.problem(403, "forbidden");
        assert!(!answer.text.contains(account["credentials"]["password"].as_str().unwrap()));
    }
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.order(&path).await.problem(403, "forbidden");
    let refusals = portal.events("action=refused&subject=reveal_account").await;
    let who: Vec<_> = refusals.iter().map(|event| event["actor"]["login"].as_str().unwrap()).collect();
    assert_eq!(who, ["manager", "admin", "tester"]);
}

#[rstest]
#[tokio::test]
async fn an_ended_account_has_no_password_any_more(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    portal.tester().order(&format!("{path}/reveal")).await.problem(409, "conflict");
    let left = portal.raw().await.text("SELECT CAST(count(*) AS TEXT) FROM account_secrets").await;
    assert_eq!(left.as_deref(), Some("0"), "it was shredded");
}

#[rstest]
#[tokio::test]
async fn whoever_signs_in_by_another_name_is_shown_that(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let bank = ScriptedTarget::start(|call| {
        Reply::status(200).body(if call.is_create() { json!({ "number": 100_108 }) } else { json!({}) })
    });
    let bank = bank.await;
    let mut table = article_service("bank", &bank.target.url());
    table["http"] = json!({
        "sign_in_as": "{{ remote_id }}",
        "create": {
            "request": "POST /create_account", "json": { "username": "{{ username }}", "password": "{{ password }}" },
            "capture": { "remote_id": "/number" },
        },
    });
    portal.register(&table).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["bank"] })).await.expect(201);
    assert!(account["username"].as_str().unwrap().starts_with("test_"));
    let path = format!("/api/v1/accounts/{}/reveal", account["id"].as_str().unwrap());
    for credentials in [account["credentials"].clone(), portal.tester().order(&path).await.expect(200)] {
        assert_eq!(
            (&credentials["username"], &credentials["services"][0]["username"]),
            (&json!("100108"), &json!("100108"))
        );
    }
}
