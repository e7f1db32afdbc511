//! `/tokens`

use tests::{Database::Sqlite, TestPortal, Who, field_value, text_of};

#[tokio::test]
async fn a_token_is_issued_shown_once_and_revoked() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let fields = [("name", "nightly"), ("scopes[]", "accounts:read"), ("ttl", "2h")];
    let issued = browser.submit("/actions/issue_token", &fields).await;
    assert_eq!(issued.status, 200);
    let text = text_of(&issued.text, "shown").unwrap();
    let api = portal.anonymous().with_token(&text);
    let me = api.get("/api/v1/me").await.expect(200);
    assert_eq!(me["token"]["scopes"], serde_json::json!(["accounts:read"]));
    let page = browser.open("/tokens").await;
    assert!(page.text.contains("nightly") && !page.text.contains(&text));
    let id = portal.tester().get("/api/v1/tokens").await.items()[0]["id"].as_str().unwrap().to_owned();
    let page = browser.submit_and_follow("/actions/revoke_token", &[("token", &id)]).await;
    assert!(page.text.contains("The token is worthless from now on."));
    api.get("/api/v1/me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_was_typed_stays_where_it_cannot_be_accepted() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let fields = [("name", "nightly"), ("ttl", "soon")];
    let page = browser.submit_and_follow("/actions/issue_token", &fields).await;
    assert_eq!(field_value(&page.text, "name").as_deref(), Some("nightly"));
    assert_eq!(field_value(&page.text, "ttl").as_deref(), Some("soon"));
}
