//! What can be done to accounts, one by one and many at once.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    Answer, House, as_token,
    fake_portal::{ACCOUNT, BATCH, ENROLLMENT},
};
use crate::secrets::token_text::hex;

async fn post(house: &House, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = as_token(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

const JSON: (&str, &str) = ("content-type", "application/json");
const AT_ONCE: (&str, &str) = ("prefer", "respond-async");

#[tokio::test]
async fn a_change_answers_200_when_done_and_202_with_where_to_look() {
    let house = House::new();
    for (what, body) in
        [("approve", ""), ("reset", ""), ("hand-over", r#"{"to": "ann"}"#), ("freeze", ""), ("unfreeze", "")]
    {
        let path = format!("/api/v1/accounts/{ACCOUNT}/{what}");
        let headers: &[_] = if body.is_empty() { &[] } else { &[JSON] };
        let done = post(&house, &path, headers, body).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::OK, ""), "{what}");
        let going = post(&house, &path, &[headers, &[AT_ONCE]].concat(), body).await;
        assert_eq!(going.status, StatusCode::ACCEPTED, "{what}");
        assert_eq!(going.header("location"), format!("/api/v1/accounts/{ACCOUNT}"), "{what}");
        assert_eq!(going.header("preference-applied"), "respond-async", "{what}");
        let shows_password = done.json().get("credentials").is_some();
        assert_eq!(shows_password, what == "reset", "{what}");
        assert!(going.json().get("credentials").is_none(), "{what}");
    }
}

#[tokio::test]
async fn a_body_that_may_be_left_out_is_read_where_it_is_not() {
    let house = House::new();
    let path = format!("/api/v1/accounts/{ACCOUNT}/freeze");
    for (headers, body) in [(&[][..], ""), (&[JSON], ""), (&[JSON], "{}"), (&[JSON], r#"{"reason": "odd"}"#)]
    {
        assert_eq!(post(&house, &path, headers, body).await.status, StatusCode::OK, "{body}");
    }
    post(&house, &path, &[JSON], "{").await.problem(400);
    post(&house, &path, &[], "{}").await.problem(415);
    let unknown = post(&house, &path, &[JSON], r#"{"why": "odd"}"#).await;
    unknown.problem(422);
    assert_eq!(unknown.pointers(), ["/why"]);
}

#[tokio::test]
async fn an_account_that_was_active_is_201_whatever_became_of_it() {
    let body = r#"{"services": ["orders"], "purpose": "revoked meanwhile"}"#;
    let answer = House::new().post("/api/v1/accounts", body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["state"], "revoked");
    assert!(answer.json().get("credentials").is_none());
}

#[tokio::test]
async fn more_than_one_account_is_a_batch() {
    let answer = House::new().post("/api/v1/accounts", r#"{"services": ["orders"], "count": 3}"#).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("location"), format!("/api/v1/batches/{BATCH}"));
    assert_eq!(answer.json()["total"], 3);
}

#[tokio::test]
async fn a_cleanup_waits_only_where_that_is_wished() {
    let house = House::new();
    let run = r#"{"run": "ci:1"}"#;
    let accepted = post(&house, "/api/v1/cleanups", &[JSON], run).await;
    assert_eq!((accepted.status, accepted.json()["state"].clone()), (StatusCode::ACCEPTED, json!("running")));
    let finished = post(&house, "/api/v1/cleanups", &[JSON, ("prefer", "wait=5")], run).await;
    assert_eq!(
        (finished.status, finished.json()["state"].clone()),
        (StatusCode::ACCEPTED, json!("finished"))
    );
    let preview = post(&house, "/api/v1/cleanups?dry_run=true", &[JSON], run).await;
    assert_eq!((preview.status, preview.json()["matched"].clone()), (StatusCode::OK, json!(3)));
    let really = post(&house, "/api/v1/cleanups?dry_run=false", &[JSON], run).await;
    assert_eq!(really.status, StatusCode::ACCEPTED);
    for (query, pointer) in
        [("dryrun=true", "/dryrun"), ("dry_run=1", "/dry_run"), ("dry_run=true&dry_run=false", "/dry_run")]
    {
        let refused = post(&house, &format!("/api/v1/cleanups?{query}"), &[JSON], run).await;
        refused.problem(422);
        assert_eq!(refused.pointers(), [pointer]);
    }
}

#[tokio::test]
async fn a_batch_is_watched_until_it_is_finished() {
    let answer = House::new().get(&format!("/api/v1/batches/{BATCH}/events")).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/event-stream"));
    assert_eq!(answer.body.matches("event: batch\n").count(), 2, "{}", answer.body);
    let unknown = House::new().get(&format!("/api/v1/batches/{ACCOUNT}/events")).await;
    assert_eq!(unknown.problem(404), "not_found");
}

#[tokio::test]
async fn a_run_stands_percent_encoded_in_its_path() {
    let house = House::new();
    let keep = as_token(Method::PUT, "/api/v1/runs/github:acme%2Fshop:9123:1/keep").header(JSON.0, JSON.1);
    let answer = house.send(keep.body(Body::from(r#"{"for": "30m"}"#)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["run"], "github:acme/shop:9123:1");
    assert_eq!(*house.portal.kept.lock().unwrap(), ["github:acme/shop:9123:1"]);
}

#[tokio::test]
async fn debt_is_retried_and_the_pause_of_expiry_told() {
    let house = House::new();
    let retried = house.post(&format!("/api/v1/debt/{ENROLLMENT}/retry"), "").await;
    assert_eq!(retried.status, StatusCode::ACCEPTED);
    assert_eq!(retried.header("location"), format!("/api/v1/accounts/{ACCOUNT}"));
    assert_eq!(house.get("/api/v1/expiry").await.json()["paused"]["jumped_by_secs"], 172_800);
    assert_eq!(house.post("/api/v1/expiry/resume", "").await.problem(403), "forbidden");
}

#[tokio::test]
async fn by_what_a_request_can_be_repeated_goes_with_its_caller() {
    let house = House::new();
    let body = r#"{"services": ["orders"]}"#;
    let key = ("idempotency-key", "\"k-1\"");
    post(&house, "/api/v1/accounts?a=b", &[JSON, key], body).await;
    post(&house, "/api/v1/accounts", &[JSON], body).await;
    post(&house, "/cleanup", &[key], "").await;
    let keys = house.portal.retry_keys.lock().unwrap().clone();
    let [Some(of_request), None, Some(of_cleanup)] = keys.as_slice() else { panic!("{keys:?}") };
    assert_eq!((of_request.key.as_str(), of_request.target.as_str()), ("k-1", "POST /api/v1/accounts"));
    assert_eq!(of_request.body_hash, hex(&Sha256::digest(body)));
    assert_eq!(of_cleanup.target, "POST /cleanup");
    assert_eq!(
        of_cleanup.body_hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "that of nothing"
    );
    let bad = post(&house, "/api/v1/accounts", &[JSON, ("idempotency-key", "a b")], body).await;
    assert_eq!(bad.problem(422), "invalid");
}
