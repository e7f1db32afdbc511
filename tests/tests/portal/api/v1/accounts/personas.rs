//! Attributes and personas: what kind of account is asked for.

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, article_service,
};

const ACCOUNTS: &str = "/api/v1/accounts";

/// A service of customers, each with a plan and a country.
fn shop(slug: &str, base_url: &str) -> Value {
    let mut table = article_service(slug, base_url);
    table["attributes"] = json!({ "country": "DE" });
    table["personas"] = json!({
        "premium": { "title": "Premium customer", "attributes": { "plan": "premium" } },
        "trial": { "attributes": { "plan": "trial", "country": "FR" } },
    });
    table["http"]["create"] = json!({
        "request": "POST /create_account",
        "json": {
            "username": "{{ username }}", "password": "{{ password }}", "plan": "{{ attributes.plan }}",
            "country": "{{ attributes.country }}", "note": "{{ attributes.note | default('none') }}",
        },
    });
    table
}

#[rstest]
#[tokio::test]
async fn a_persona_fills_what_is_created(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&shop("shop", &target.target.url())).await;
    let service = portal.tester().get("/api/v1/services/shop").await.expect(200);
    assert_eq!(service["attributes"], json!({ "country": "DE" }));
    assert_eq!(service["personas"][0]["title"], "Premium customer");
    assert_eq!(service["personas"][1]["title"], "trial");

    for (wanted, sent) in [
        (json!({ "persona": "premium" }), json!({ "plan": "premium", "country": "DE", "note": "none" })),
        (json!({ "persona": "trial" }), json!({ "plan": "trial", "country": "FR", "note": "none" })),
        (
            json!({ "persona": "trial", "attributes": { "country": "IT", "note": "x" } }),
            json!({ "plan": "trial", "country": "IT", "note": "x" }),
        ),
        (
            json!({ "attributes": { "plan": "own" } }),
            json!({ "plan": "own", "country": "DE", "note": "none" }),
        ),
    ] {
        let mut request = wanted.clone();
        request["services"] = json!(["shop"]);
        let account = portal.tester().post(ACCOUNTS, &request).await.expect(201);
        let created = target.received().into_iter().rfind(|call| call.is_create()).unwrap();
        for field in ["plan", "country", "note"] {
            assert_eq!(created.body[field], sent[field], "{wanted}");
        }
        assert_eq!(account["attributes"]["plan"], sent["plan"]);
    }
}

#[tokio::test]
async fn what_a_service_needs_or_does_not_know_is_said_before_anything_is_sent() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register(&shop("shop", &target.target.url())).await;
    let mut other = shop("other", &target.target.url());
    other["attributes"]["country"] = json!("US");
    portal.register(&other).await;
    let post = async |request: Value| portal.tester().post(ACCOUNTS, &request).await;

    let lacking = post(json!({ "services": ["shop"] })).await;
    assert_eq!(lacking.invalid_fields(), ["/attributes/plan"]);
    assert!(lacking.text.contains("is needed by shop"), "{}", lacking.text);
    let unknown =
        post(json!({ "services": ["shop"], "persona": "vip", "attributes": { "plan": "x" } })).await;
    assert_eq!(unknown.invalid_fields(), ["/persona"]);
    assert!(unknown.text.contains("premium, trial"), "{}", unknown.text);
    let without = post(json!({ "services": [SANDBOX], "persona": "premium" })).await;
    assert_eq!(without.invalid_fields(), ["/persona"]);
    let torn = post(json!({ "services": ["shop", "other"], "persona": "premium" })).await;
    assert_eq!(torn.invalid_fields(), ["/attributes/country"]);
    assert!(target.received().is_empty());
    let settled =
        json!({ "services": ["shop", "other"], "persona": "premium", "attributes": { "country": "IT" } });
    post(settled).await.expect(201);
}

#[tokio::test]
async fn a_check_takes_a_persona_where_it_needs_one() {
    let portal = TestPortal::start(Sqlite).await;
    let target = ScriptedTarget::start(|call| match call.is_login() {
        true => Reply::status(401),
        false => Reply::status(200),
    });
    let target = target.await;
    portal.register(&shop("shop", &target.target.url())).await;
    let check = portal.admin().order("/api/v1/services/shop/check").await.expect(200);
    assert_eq!(check["steps"][0]["ok"], true);
    assert_eq!(target.received()[0].body["plan"], "premium");
}
