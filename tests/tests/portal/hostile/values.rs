//! What people type, on its way to a service.

use serde_json::{Value, json};
use tests::{Database::Sqlite, Reply, ScriptedTarget, TestPortal, article_service};

const HOSTILE: [&str; 9] = [
    "a/b",
    "..%2Fadmin",
    "a/b?x=1#y",
    "%0d%0aHost: evil",
    "\"}, \"role\": \"admin\", \"x\": {\"",
    "a&role=admin",
    "{{ secret }}{{ password }}",
    "{% for x in range(9) %}{{ x }}{% endfor %}",
    "'; DROP TABLE users; --",
];

fn shop(base_url: &str) -> Value {
    let mut table = article_service("shop", base_url);
    table["http"]["create"] = json!({ "steps": [
        { "request": "GET /teams/{{ attributes.team }}/members?of={{ attributes.team }}",
          "headers": { "X-Team": "{{ attributes.team }}" } },
        { "request": "POST /create_account",
          "json": { "username": "{{ username }}", "password": "{{ password }}", "team": "{{ attributes.team }}" } },
    ]});
    table
}

#[tokio::test]
async fn no_attribute_leaves_its_place() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&shop(&target.target.url())).await;
    for hostile in HOSTILE {
        let before = target.received().len();
        let wanted = json!({
            "services": ["shop"], "attributes": { "team": hostile }, "labels": { "team": hostile },
            "purpose": hostile, "ticket": hostile,
        });
        let account = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
        assert_eq!(account["state"], "active", "{account}");
        let received = target.received().split_off(before);
        let (looked, created) = (&received[0], &received[1]);
        let path = looked.what.strip_prefix("GET /teams/").unwrap();
        let segment = path.strip_suffix("/members").unwrap();
        assert!(!segment.contains(['/', '?', '#', ' ', '\r', '\n']), "{hostile}: {path}");
        assert!(created.is_create(), "{hostile}: {created:?}");
        let mut fields: Vec<_> = created.body.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["password", "team", "username"], "{hostile}");
        assert_eq!(created.body["team"], hostile);
        assert_eq!(created.body["username"], account["username"]);
    }
}

#[tokio::test]
async fn what_holds_a_line_break_is_not_accepted_at_all() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&shop(&target.target.url())).await;
    for hostile in ["a\r\nHost: evil", "a\nb", "a\u{0}b", "a\u{1b}[2J"] {
        let wanted = json!({ "services": ["shop"], "attributes": { "team": hostile } });
        let answer = portal.tester().post("/api/v1/accounts", &wanted).await;
        assert_eq!(answer.invalid_fields(), ["/attributes/team"], "{hostile:?}");
    }
    assert!(target.received().is_empty());
}

#[tokio::test]
async fn what_would_be_another_path_is_refused_before_anything_is_sent() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&shop(&target.target.url())).await;
    for hostile in ["..", ".", "../admin", "a/../../admin?x=1#y", "a\\..\\b"] {
        let wanted = json!({ "services": ["shop"], "attributes": { "team": hostile } });
        let answer = portal.tester().post("/api/v1/accounts", &wanted).await;
        assert_eq!(answer.invalid_fields(), ["/attributes/team"], "{hostile:?}");
        let problem = answer.problem(422, "invalid");
        assert!(
            problem["errors"][0]["detail"].as_str().unwrap().contains("could leave its place"),
            "{problem}"
        );
    }
    assert!(target.received().is_empty(), "{:?}", target.received());
}
