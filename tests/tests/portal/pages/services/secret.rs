//! A service's own secret on `/services/{slug}`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, field_names,
};

const PAGE: &str = "/services/orders";
const SEAL: &str = "/actions/seal_secret";
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
async fn a_missing_secret_is_said_loudly_and_given_there(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&with_secret(&target.target.url())).await;
    let tester = portal.signed_in(Who::Tester).await;
    let page = tester.open(PAGE).await;
    assert!(page.text.contains("Its secret is missing") && page.text.contains("An admin has to give it."));
    assert!(field_names(&page.text, SEAL).is_empty());

    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    assert!(page.text.contains("Its secret is missing") && page.text.contains("href=\"#secret\""));
    assert_eq!(field_names(&page.text, SEAL), ["service", "value"]);
    let field = page.text.split("<input").find(|tag| tag.contains("name=\"value\"")).unwrap();
    let field = field.split('>').next().unwrap();
    assert!(field.contains("type=\"password\"") && field.contains("autocomplete=\"off\""), "{field}");

    let empty = admin.submit_and_follow(SEAL, &[("service", "orders"), ("value", "")]).await;
    assert!(empty.text.contains("id=\"secret-error\""), "{}", empty.text);
    for secret in ["first", CANARY] {
        let sealed = admin.submit_and_follow(SEAL, &[("service", "orders"), ("value", secret)]).await;
        assert!(sealed.text.contains("The secret is sealed.") && sealed.text.contains("Replace the secret"));
        assert!(!sealed.text.contains("Its secret is missing") && !sealed.text.contains(CANARY));
    }
    portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await.expect(201);
    let created = target.received().into_iter().rfind(|call| call.is_create()).unwrap();
    assert_eq!(created.body["token"], CANARY);
    assert!(admin.open(PAGE).await.text.contains("<code>sealed</code>"));
    assert!(!tester.open(PAGE).await.text.contains("<code>sealed</code>"), "where it is, only admins see");
    assert_eq!(portal.events("action=service_secret_sealed").await.len(), 2);
}

#[tokio::test]
async fn only_admins_give_it_and_only_where_the_portal_keeps_it() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    assert!(field_names(&admin.open("/services/user-service").await.text, SEAL).is_empty());
    let value = [("service", SANDBOX), ("value", CANARY)];
    let refused = admin.submit_and_follow(SEAL, &value).await;
    assert!(refused.text.contains("names no secret") && !refused.text.contains(CANARY), "{}", refused.text);
    let manager = portal.signed_in(Who::Manager).await;
    let refused = manager.submit_and_follow(SEAL, &value).await;
    assert!(refused.text.contains("You may not do this") && !refused.text.contains(CANARY));
    manager.script(SEAL, &value).await.problem(403, "forbidden");
}
