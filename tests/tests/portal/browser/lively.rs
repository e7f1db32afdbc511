//! What moves on a page while it is looked at.

use serde_json::json;
use tests::{Chromium, Database::Sqlite, JavaScript, SANDBOX, TestPortal, Who};

#[tokio::test]
async fn the_countdown_ticks_and_the_state_follows_what_others_do() {
    let portal = TestPortal::start(Sqlite).await;
    let wanted = json!({ "services": [SANDBOX], "ttl": "10m" });
    let account = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    let id = account["id"].as_str().unwrap();

    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open(&format!("/accounts/{id}")).await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at(&format!("/accounts/{id}")).await;
    visitor.is_awake().await;

    let left = visitor.text(".stands .countdown").await;
    let less = visitor.text_other_than(".stands .countdown", &left).await;
    for text in [&left, &less] {
        assert!(text.starts_with("9 min ") && text.ends_with(" s left"), "{text}");
    }

    visitor.has_text(".stands .badge", "active").await;
    portal.manager().delete(&format!("/api/v1/accounts/{id}")).await.expect(200);
    visitor.has_text(".stands .badge", "revoked").await;
    visitor.shows("manager CI” revoked the account").await;
    visitor.shows("its password was destroyed").await;
    assert_eq!(visitor.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_list_counts_down_too() {
    let portal = TestPortal::start(Sqlite).await;
    let wanted = json!({ "services": [SANDBOX], "ttl": "10m" });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);

    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open("/accounts").await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at("/accounts").await;
    visitor.is_awake().await;
    let left = visitor.text("td .countdown").await;
    visitor.text_other_than("td .countdown", &left).await;
    assert_eq!(visitor.complaints().await, [""; 0]);
}
