//! `POST /api/v1/accounts` with what cannot be accepted: nothing is created,
//! and no service is called.

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, article_service,
};

const ACCOUNTS: &str = "/api/v1/accounts";

#[rstest]
#[tokio::test]
async fn each_wrong_field_is_pointed_at(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "services": [SANDBOX] });
        body[field] = value;
        body
    };
    let pairs = |count: usize| Value::Object((0..count).map(|n| (format!("k{n}"), json!("v"))).collect());
    for (body, pointer) in [
        (json!({}), "/services"),
        (json!({ "services": [] }), "/services"),
        (json!({ "services": SANDBOX }), "/services"),
        (json!({ "services": [SANDBOX, 5] }), "/services/1"),
        (json!({ "services": [SANDBOX, "nobodys"] }), "/services/1"),
        (json!({ "services": [SANDBOX, SANDBOX] }), "/services/1"),
        (json!({ "services": ["No Slug"] }), "/services/0"),
        (json!({ "services": vec!["x"; 11] }), "/services"),
        (with("purpose", json!("x".repeat(501))), "/purpose"),
        (with("purpose", json!("two\nlines")), "/purpose"),
        (with("purpose", json!("turned \u{202e}around")), "/purpose"),
        (with("purpose", json!(7)), "/purpose"),
        (with("ticket", json!("x".repeat(101))), "/ticket"),
        (with("ticket", json!("nul\u{0}")), "/ticket"),
        (with("ttl", json!("soon")), "/ttl"),
        (with("ttl", json!("0s")), "/ttl"),
        (with("ttl", json!(-1)), "/ttl"),
        (with("ttl", json!(1.5)), "/ttl"),
        (with("ttl", json!("8d")), "/ttl"),
        (with("ttl", json!(u64::MAX)), "/ttl"),
        (with("ttl", json!("99999999999999999999d")), "/ttl"),
        (with("ttl", json!(["1h"])), "/ttl"),
        (with("run", json!("x".repeat(201))), "/run"),
        (with("run", json!("bell\u{7}")), "/run"),
        (with("labels", json!({ "bad key": "v" })), "/labels/bad key"),
        (with("labels", json!({ "a/b": "x".repeat(256) })), "/labels/a~1b"),
        (with("labels", json!({ "k": 1 })), "/labels/k"),
        (with("labels", pairs(33)), "/labels"),
        (with("attributes", json!({ "k": "esc\u{1b}" })), "/attributes/k"),
        (with("attributes", pairs(33)), "/attributes"),
        (with("hint", json!("Not-Plain")), "/hint"),
        (with("hint", json!("x".repeat(17))), "/hint"),
        (with("servises", json!([])), "/servises"),
        (with("state", json!("active")), "/state"),
    ] {
        let answer = portal.tester().post(ACCOUNTS, &body).await;
        assert_eq!(answer.invalid_fields(), [pointer], "{body}");
    }
    assert!(portal.tester().get(ACCOUNTS).await.items().is_empty());
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn all_wrong_fields_are_said_at_once() {
    let portal = TestPortal::start(Sqlite).await;
    let body = json!({ "services": [SANDBOX], "ttl": "soon", "hint": "No!", "ticket": "a\u{0}" });
    let pointers = portal.tester().post(ACCOUNTS, &body).await.invalid_fields();
    assert_eq!(pointers, ["/ticket", "/ttl", "/hint"]);
}

#[tokio::test]
async fn a_lease_beyond_the_shortest_policy_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = article_service("brief", &service.target.url());
    table["policy"] = json!({ "max_ttl": "30m" });
    portal.register(&table).await;
    let body = json!({ "services": [SANDBOX, "brief"], "ttl": "31m" });
    assert_eq!(portal.tester().post(ACCOUNTS, &body).await.invalid_fields(), ["/ttl"]);
    assert!(service.received().is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_json_is_unreadable() {
    let portal = TestPortal::start(Sqlite).await;
    for body in ["", "{", "services=x", "{\"services\": [", "{'services': []}", "{} {}", "\u{feff}{}"] {
        let call = portal.tester().call(Method::POST, ACCOUNTS).body("application/json", body);
        call.send().await.problem(400, "unreadable");
    }
    let invalid_utf8 = b"{\"purpose\": \"\xff\"}".to_vec();
    let call = portal.tester().call(Method::POST, ACCOUNTS).body("application/json", invalid_utf8);
    call.send().await.problem(400, "unreadable");
    for no_object in ["[]", "null", "7", "\"text\""] {
        let call = portal.tester().call(Method::POST, ACCOUNTS).body("application/json", no_object);
        assert_eq!(call.send().await.invalid_fields(), [""], "{no_object}");
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_not_read() {
    let portal = TestPortal::start(Sqlite).await;
    let body = json!({ "services": [SANDBOX] }).to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let call = portal.tester().call(Method::POST, ACCOUNTS).body(media_type, body.clone());
        call.send().await.problem(415, "unsupported_media_type");
    }
    portal.tester().order(ACCOUNTS).await.problem(415, "unsupported_media_type");
    let utf8 = portal.tester().call(Method::POST, ACCOUNTS).body("application/json; charset=utf-8", body);
    utf8.send().await.expect(201);
}

#[tokio::test]
async fn a_body_may_be_one_mebibyte_long_and_no_more() {
    let portal = TestPortal::start(Sqlite).await;
    let padded = |length: usize| {
        let body = json!({ "services": [SANDBOX] }).to_string();
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    let send = async |body: String| {
        portal.tester().call(Method::POST, ACCOUNTS).body("application/json", body).send().await
    };
    send(padded(1024 * 1024)).await.expect(201);
    send(padded(1024 * 1024 + 1)).await.problem(413, "too_large");
    let bytes = padded(2 * 1024 * 1024).into_bytes();
    let chunks: Vec<_> =
        bytes.chunks(64 * 1024).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
    let without_length = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let call = portal.tester().call(Method::POST, ACCOUNTS).body("application/json", without_length);
    call.send().await.problem(413, "too_large");
}
