//! `POST /create`

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, ScriptedTarget, TestPortal, Who, article_service,
};

#[rstest]
#[tokio::test]
async fn answers_as_the_article_does(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let url = portal.sandbox.0.url();
    let created = portal.tester().post("/create", &json!({ "service_url": url })).await.expect(200);
    let username = created["username"].as_str().unwrap();
    assert_eq!(created, json!({ "username": username, "status": "created" }));
    assert!(username.starts_with("test_"));
    assert_eq!(portal.sandbox.usernames().await, [username]);
}

#[rstest]
#[tokio::test]
async fn urls_are_compared_normalised(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let url = portal.sandbox.0.url();
    for same in [format!("{url}/"), url.to_uppercase(), format!("  {url}  ")] {
        portal.tester().post("/create", &json!({ "service_url": same })).await.expect(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_url_that_is_not_a_registered_services_is_refused_without_any_call(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let stranger = ScriptedTarget::start(|_| Reply::status(200)).await;
    let known = portal.sandbox.0.url();
    for url in [
        stranger.target.url(),
        format!("{known}/create_account"),
        known.replace("http://", "http://user:pw@"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        let refused = portal.tester().post("/create", &json!({ "service_url": url })).await;
        assert_eq!(refused.invalid_fields(), ["/service_url"], "{url}");
    }
    assert!(stranger.received().is_empty());
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn where_no_account_can_be_had_nothing_is_left_behind(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let failing = ScriptedTarget::start(|call| Reply::status(if call.is_create() { 500 } else { 404 })).await;
    portal.register(&article_service("failing", &failing.target.url())).await;
    let call = portal.tester().call(Method::POST, "/create");
    let call = call.json(&json!({ "service_url": failing.target.url() })).header("prefer", "wait=1");
    let answer = call.send().await;
    assert_eq!(answer.expect(500), json!({ "error": "Failed to create account" }));
    let account = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    let ended = portal.tester().account_once("revoked", &account["id"]).await;
    assert_eq!(ended["services"][0]["state"], "removed");
    assert!(failing.received().iter().any(tests::Received::is_delete), "what may be there is removed");
}

#[rstest]
#[tokio::test]
async fn a_service_that_refuses_is_a_failure_as_the_article_knows_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let refusing =
        ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 404 } else { 400 })).await;
    portal.register(&article_service("refusing", &refusing.target.url())).await;
    let answer = portal.tester().post("/create", &json!({ "service_url": refusing.target.url() })).await;
    assert_eq!(answer.expect(500), json!({ "error": "Failed to create account" }));
}

#[tokio::test]
async fn bad_input_is_a_problem() {
    let portal = TestPortal::start(Sqlite).await;
    assert_eq!(portal.tester().post("/create", &json!({})).await.invalid_fields(), ["/service_url"]);
    assert_eq!(
        portal.tester().post("/create", &json!({ "service_url": 5 })).await.invalid_fields(),
        ["/service_url"]
    );
    let broken = portal.tester().call(Method::POST, "/create").body("application/json", "{");
    broken.send().await.problem(400, "unreadable");
    let form = portal.tester().call(Method::POST, "/create").form(&[("service_url", "x")]);
    form.send().await.problem(415, "unsupported_media_type");
    portal.anonymous().post("/create", &json!({})).await.problem(401, "unauthenticated");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.post("/create", &json!({ "service_url": "x" })).await.problem(403, "forbidden");
}
