//! The API's answers where all goes well.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::json;

use super::{House, as_token, fake_portal::ACCOUNT};

#[tokio::test]
async fn a_token_is_told_whose_it_is() {
    let answer = House::new().get("/api/v1/me").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        json!({"kind": "token", "login": "tester", "role": "tester", "team": "default",
               "token": {"name": "ci", "scopes": [], "expires_at": "2023-11-14T22:13:20.000Z"}})
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_account_that_is_active_comes_with_its_credentials() {
    let answer = House::new().post("/api/v1/accounts", r#"{"services": ["orders"]}"#).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{ACCOUNT}"));
    assert_eq!(answer.header("preference-applied"), "");
    let account = answer.json();
    assert_eq!(account["state"], "active");
    assert_eq!(account["credentials"]["password"], "s3cret");
}

#[tokio::test]
async fn an_account_that_is_not_active_yet_is_to_be_polled() {
    let house = House::new();
    let request = as_token(Method::POST, "/api/v1/accounts")
        .header("content-type", "application/json")
        .header("prefer", "respond-async")
        .body(Body::from(r#"{"services": ["orders"]}"#))
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{ACCOUNT}"));
    assert_eq!(answer.header("preference-applied"), "respond-async");
    assert!(answer.json().get("credentials").is_none());
}

#[tokio::test]
async fn revoking_answers_200_when_gone_and_202_when_going() {
    let house = House::new();
    let delete = |prefer: &str| {
        as_token(Method::DELETE, &format!("/api/v1/accounts/{ACCOUNT}"))
            .header("prefer", prefer)
            .body(Body::empty())
            .unwrap()
    };
    let gone = house.send(delete("wait=5")).await;
    assert_eq!((gone.status, gone.json()["state"].clone()), (StatusCode::OK, json!("revoked")));
    let going = house.send(delete("wait=0")).await;
    assert_eq!((going.status, going.json()["state"].clone()), (StatusCode::ACCEPTED, json!("revoking")));
    assert_eq!(going.header("location"), format!("/api/v1/accounts/{ACCOUNT}"));
    let waits: Vec<_> = house.portal.revoked.lock().unwrap().iter().map(|(_, wait)| wait.as_secs()).collect();
    assert_eq!(waits, [5, 0]);
}

#[tokio::test]
async fn lists_have_items_and_a_cursor() {
    let answer = House::new().get("/api/v1/accounts?state=active&limit=1").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["next"], "more");
    assert_eq!(answer.json()["items"][0]["username"], "test_a");
}

#[tokio::test]
async fn services_are_listed_and_looked_at() {
    let house = House::new();
    for path in ["/api/v1/services", "/api/v1/services/orders"] {
        assert_eq!(house.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_token_is_issued_with_its_text() {
    let answer = House::new().post("/api/v1/tokens", r#"{"name": "nightly"}"#).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["text"], "us_new");
    assert_eq!(answer.json()["name"], "ci");
}

#[tokio::test]
async fn the_token_may_come_as_a_password() {
    let request = axum::http::Request::get("/api/v1/me")
        .header("authorization", "Basic Y2k6dXNfZXZlcnl0aGluZw==")
        .body(Body::empty())
        .unwrap();
    assert_eq!(House::new().send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn health_needs_no_token() {
    let ready = House::new();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(ready.get(path).await.json(), json!({"status": "ok"}), "{path}");
    }
    let unready = House::with(super::Limits::default(), false);
    assert_eq!(unready.get("/healthz").await.status, StatusCode::OK);
    unready.get("/readyz").await.problem(503);
}
