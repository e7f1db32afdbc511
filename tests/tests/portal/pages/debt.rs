//! `/debt`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, TestPortal, Who, eventually, field_names,
};

const RETRY: &str = "/actions/retry_removal";
const RETRY_ALL: &str = "/actions/retry_removals";

#[rstest]
#[tokio::test]
async fn what_should_be_gone_and_is_not_is_listed_and_tried_again(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    assert!(browser.open("/debt").await.text.contains("Nothing is owed"));
    let (account, service) = super::stuck_account(&portal).await;
    let page = browser.open("/debt?service=stuck").await;
    for shown in [account["services"][0]["username"].as_str().unwrap(), "stuck", "so far, the next", "tester"]
    {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert_eq!(field_names(&page.text, RETRY), ["enrollment", "then"]);
    assert!(browser.open("/debt?service=other").await.text.contains("Nothing is owed"));
    let stranger = portal.signed_in(Who::SecondTester).await;
    assert!(stranger.open("/debt").await.text.contains("Nothing is owed"));

    service.now(|call| Reply::status(if call.is_login() { 401 } else { 404 }));
    let enrollment = account["services"][0]["id"].as_str().unwrap();
    let page = browser.submit_and_follow(RETRY, &[("enrollment", enrollment), ("then", "/debt")]).await;
    assert!(page.text.contains("Another attempt is being made now"));
    portal.tester().account_once("revoked", &account["id"]).await;
    assert!(browser.open("/debt").await.text.contains("Nothing is owed"));
    let late = browser.submit_and_follow(RETRY, &[("enrollment", enrollment), ("then", "/debt")]).await;
    assert!(late.text.contains("Not possible as things stand"));
}

#[rstest]
#[tokio::test]
async fn all_of_it_is_tried_again_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (account, service) = super::stuck_account(&portal).await;
    service.now(|_| Reply::status(503).header("retry-after", "600"));
    portal.clock.advance(std::time::Duration::from_secs(30));
    eventually("the service has said when to come back", async || {
        let debt = portal.tester().get("/api/v1/debt?service=stuck").await.json();
        debt["items"][0]["reason"].as_str().unwrap().contains("answered 503").then_some(())
    })
    .await;
    let browser = portal.signed_in(Who::Tester).await;
    let page = browser.open("/debt?service=stuck").await;
    assert_eq!(field_names(&page.text, RETRY_ALL), ["service"]);
    service.now(|call| Reply::status(if call.is_login() { 401 } else { 404 }));
    let page = browser.submit_and_follow(RETRY_ALL, &[("service", "stuck")]).await;
    assert!(page.text.contains("Another attempt is due now") && page.text.contains("Look again"));
    portal.tester().account_once("revoked", &account["id"]).await;
    let page = browser.submit_and_follow(RETRY_ALL, &[]).await;
    assert!(page.text.contains("Nothing was put off"));
}

#[tokio::test]
async fn a_filter_that_cannot_be_meant_is_explained() {
    let portal = TestPortal::start(Sqlite).await;
    let page = portal.signed_in(Who::Tester).await.open("/debt?service=No+slug").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("id=\"service-error\""));
}
