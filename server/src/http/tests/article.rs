//! The article's two calls.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::json;

use super::{House, as_token, fake_portal::SERVICE_URL};

#[tokio::test]
async fn create_answers_as_the_script_expects() {
    let body = json!({ "service_url": SERVICE_URL }).to_string();
    let answer = House::new().post("/create", &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), json!({"username": "test_orders", "status": "created"}));
}

#[tokio::test]
async fn an_account_that_comes_too_late_is_withdrawn() {
    let house = House::new();
    let request = as_token(Method::POST, "/create")
        .header("content-type", "application/json")
        .header("prefer", "wait=0")
        .body(Body::from(json!({ "service_url": SERVICE_URL }).to_string()))
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.json(), json!({"error": "Failed to create account"}));
    assert_eq!(house.portal.revoked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_url_is_refused() {
    let answer = House::new().post("/create", r#"{"service_url": "http://169.254.169.254"}"#).await;
    assert_eq!(answer.problem(422), "invalid");
    assert_eq!(answer.pointers(), ["/service_url"]);
}

#[tokio::test]
async fn nothing_but_the_url_is_taken() {
    let house = House::new();
    for (body, pointer) in
        [("{}", "/service_url"), (r#"{"service_url": "http://orders.test", "x": 1}"#, "/x")]
    {
        let answer = house.post("/create", body).await;
        answer.problem(422);
        assert_eq!(answer.pointers(), [pointer]);
    }
}

#[tokio::test]
async fn cleanup_needs_no_body() {
    let house = House::new();
    let cleanup = |prefer: &str| {
        as_token(Method::POST, "/cleanup").header("prefer", prefer).body(Body::empty()).unwrap()
    };
    let done = house.send(cleanup("wait=10")).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(done.json(), json!({"status": "all test accounts cleaned up"}));
    let underway = house.send(cleanup("respond-async")).await;
    assert_eq!(underway.status, StatusCode::ACCEPTED);
    assert_eq!(underway.json(), json!({"status": "2 of 3 test accounts are still being cleaned up"}));
}
