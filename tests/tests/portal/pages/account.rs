//! `/accounts/{id}`

use domain::Timestamp;
use rstest::rstest;
use serde_json::Value;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, field_names, field_value, text_of,
};

use super::page_of;

const REVEAL: &str = "/actions/reveal_account";
const RENEW: &str = "/actions/renew_account";
const REVOKE: &str = "/actions/revoke_account";

fn id(account: &Value) -> &str {
    account["id"].as_str().unwrap()
}

#[rstest]
#[tokio::test]
async fn the_password_is_shown_once_when_it_is_asked_for(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap();
    let browser = portal.signed_in(Who::Tester).await;
    let before = browser.open(&page_of(&account)).await;
    assert!(!before.text.contains(password));
    assert_eq!(field_names(&before.text, REVEAL), ["account"]);
    assert_eq!(text_of(&before.text, "username").as_deref(), account["username"].as_str());

    let sent = browser.submit(REVEAL, &[("account", id(&account))]).await;
    assert_eq!((sent.status, sent.header("location")), (303, page_of(&account).as_str()));
    assert!(!sent.text.contains(password));
    let shown = browser.open(&page_of(&account)).await;
    assert_eq!(text_of(&shown.text, "password").as_deref(), Some(password));
    assert_eq!(shown.header("cache-control"), "no-store");
    let again = browser.open(&page_of(&account)).await;
    assert!(!again.text.contains(password), "a reload shows nothing");
    let reveals = portal.events("action=account_revealed").await;
    assert_eq!(reveals.last().unwrap()["actor"]["kind"], "person");
    assert_eq!(reveals.len(), 2, "one for the API's answer, one for the page");
}

#[rstest]
#[tokio::test]
async fn a_script_gets_the_credentials_as_json(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    let answer = browser.script(REVEAL, &[("account", id(&account))]).await;
    assert_eq!(answer.expect(200), account["credentials"]);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[rstest]
#[tokio::test]
async fn only_its_holder_can_reveal_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap();
    let manager = portal.signed_in(Who::Manager).await;
    let page = manager.open(&page_of(&account)).await;
    assert_eq!(page.status, 200);
    assert!(field_names(&page.text, REVEAL).is_empty() && page.text.contains("Only tester"));
    let tried = manager.submit_and_follow(REVEAL, &[("account", id(&account))]).await;
    assert_eq!(tried.status, 403);
    assert!(!tried.text.contains(password));
    manager.script(REVEAL, &[("account", id(&account))]).await.problem(403, "forbidden");

    let stranger = portal.signed_in(Who::SecondTester).await;
    let page = stranger.open(&page_of(&account)).await;
    assert_eq!(page.status, 404);
    assert!(!page.text.contains(account["username"].as_str().unwrap()));
    stranger.script(REVEAL, &[("account", id(&account))]).await.problem(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn the_lease_is_renewed_and_a_refusal_keeps_what_was_typed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    let refused = browser.submit_and_follow(RENEW, &[("account", id(&account)), ("ttl", "8d")]).await;
    assert_eq!(field_value(&refused.text, "ttl").as_deref(), Some("8d"));
    assert!(refused.text.contains("id=\"ttl-error\""));
    let renewed = browser.submit_and_follow(RENEW, &[("account", id(&account)), ("ttl", "2d")]).await;
    assert!(renewed.text.contains("The lease was renewed"));
    let end = |account: &Value| account["expires_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(end(&portal.tester().account(&account["id"]).await).millis_since(end(&account)) > 86_400_000);
}

#[rstest]
#[tokio::test]
async fn it_is_revoked_and_its_whole_story_stays(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    assert_eq!(field_names(&browser.open(&page_of(&account)).await.text, REVOKE), ["account"]);
    let page = browser.submit_and_follow(REVOKE, &[("account", id(&account))]).await;
    assert_eq!(portal.tester().account(&account["id"]).await["state"], "revoked");
    assert!(portal.sandbox.usernames().await.is_empty());
    assert!(field_names(&page.text, REVOKE).is_empty() && field_names(&page.text, REVEAL).is_empty());
    assert!(page.text.contains("revoked") && page.text.contains("Proven gone"));
}

#[tokio::test]
async fn an_account_that_is_not_there_is_a_page_that_says_so() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    for id in ["nonsense", &uuid::Uuid::nil().to_string()] {
        assert_eq!(browser.open(&format!("/accounts/{id}")).await.status, 404);
        browser
            .script(REVOKE, &[("account", &uuid::Uuid::nil().to_string())])
            .await
            .problem(404, "not_found");
    }
    browser.script(REVOKE, &[("account", "nonsense")]).await.problem(400, "unreadable");
}

#[tokio::test]
async fn a_form_that_was_left_open_too_long_leads_to_sign_in_and_back() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    for action in [REVEAL, RENEW, REVOKE] {
        let sent = portal.browser().submit(action, &[("account", id(&account)), ("ttl", "2h")]).await;
        let expected = format!("/sign-in?then=%2Faccounts%2F{}", id(&account));
        assert_eq!((sent.status, sent.header("location")), (303, expected.as_str()), "{action}");
    }
    assert_eq!(portal.tester().account(&account["id"]).await["state"], "active");
}

#[tokio::test]
async fn what_another_site_makes_a_browser_send_changes_nothing() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let cookie = portal.signed_in(Who::Tester).await.cookie().unwrap();
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "http://evil.example")]
    {
        let form = portal.anonymous().call(http::Method::POST, REVOKE).form(&[("account", id(&account))]);
        form.header("cookie", &cookie).header(name, value).send().await.problem(403, "cross_site");
    }
    assert_eq!(portal.tester().account(&account["id"]).await["state"], "active");
}
