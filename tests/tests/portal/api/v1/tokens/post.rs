//! `POST /api/v1/tokens`

use domain::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

use super::TOKEN;

const TOKENS: &str = "/api/v1/tokens";

fn end(token: &Value) -> Timestamp {
    token["expires_at"].as_str().unwrap().parse().unwrap()
}

#[rstest]
#[tokio::test]
async fn issues_a_token_whose_text_is_shown_this_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "name": "nightly", "scopes": ["accounts:write", "accounts:read"], "ttl": "1h" });
    let answer = portal.tester().post(TOKENS, &body).await;
    let token = answer.expect(201);
    assert_has(&token, &TOKEN);
    assert_eq!(answer.header("location"), format!("{TOKENS}/{}", token["id"].as_str().unwrap()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(token["scopes"], json!(["accounts:read", "accounts:write"]));
    let api = portal.anonymous().with_token(token["text"].as_str().unwrap());
    assert_eq!(api.get("/api/v1/me").await.expect(200)["token"]["name"], "nightly");
    api.new_account().await;
}

#[rstest]
#[tokio::test]
async fn a_token_issues_only_narrower_and_shorter_lived_ones(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issuer = portal.narrowed(Who::Tester, &["accounts:read", "accounts:write"]).await;
    let issue = async |body: Value| issuer.post(TOKENS, &body).await;
    let wider = json!({ "name": "n", "scopes": ["accounts:read", "services:read"] });
    issue(wider).await.problem(403, "forbidden");
    let same = issue(json!({ "name": "n" })).await.expect(201);
    assert_eq!(same["scopes"], json!(["accounts:read", "accounts:write"]), "it inherits the scopes");
    let issuers = issuer.get("/api/v1/me").await.expect(200)["token"].clone();
    assert_eq!(end(&same), end(&issuers), "it ends with its issuer");
    assert_eq!(issue(json!({ "name": "n", "ttl": "8d" })).await.invalid_fields(), ["/ttl"]);
    let narrower = issue(json!({ "name": "n", "scopes": ["accounts:read"], "ttl": "1h" })).await.expect(201);
    assert_eq!(narrower["scopes"], json!(["accounts:read"]));
}

#[tokio::test]
async fn what_cannot_be_accepted_is_pointed_at() {
    let portal = TestPortal::start(Sqlite).await;
    for (body, pointers) in [
        (json!({}), vec!["/name"]),
        (json!({ "name": "" }), vec!["/name"]),
        (json!({ "name": "x".repeat(101) }), vec!["/name"]),
        (json!({ "name": "a\u{0}b" }), vec!["/name"]),
        (json!({ "name": "n", "scopes": ["accounts:read", "everything"] }), vec!["/scopes/1"]),
        (json!({ "name": "n", "scopes": "accounts:read" }), vec!["/scopes"]),
        (json!({ "name": "n", "ttl": "forever" }), vec!["/ttl"]),
        (json!({ "name": "n", "ttl": "367d" }), vec!["/ttl"]),
        (json!({ "name": "n", "owner": "admin" }), vec!["/owner"]),
    ] {
        assert_eq!(portal.tester().post(TOKENS, &body).await.invalid_fields(), pointers, "{body}");
    }
}
