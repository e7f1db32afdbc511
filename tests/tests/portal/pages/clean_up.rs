//! `/accounts/clean-up`, and keeping runs from it.

use rstest::rstest;
use serde_json::json;
use tests::{
    Answer,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, field_names, field_value,
};

const PAGE: &str = "/accounts/clean-up";
const CLEAN_UP: &str = "/actions/clean_up";
const KEEP: &str = "/actions/keep_run";

async fn with_run(portal: &TestPortal, run: &str, times: usize) {
    for _ in 0..times {
        let wanted = json!({ "services": [SANDBOX], "run": run, "labels": { "suite": run } });
        portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    }
}

#[rstest]
#[tokio::test]
async fn what_would_be_taken_away_is_seen_before_it_is(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    with_run(&portal, "run-1", 3).await;
    with_run(&portal, "run-2", 1).await;
    let browser = portal.signed_in(Who::Tester).await;
    let first = browser.open(PAGE).await;
    assert!(field_names(&first.text, CLEAN_UP).is_empty() && !first.text.contains("role=\"alert\""));
    let preview = browser.open(&format!("{PAGE}?run=run-1&service=&labels=suite%3Drun-1")).await;
    assert!(preview.text.contains("3 accounts would be taken away"));
    assert!(preview.text.contains("user-service: 3"));
    assert_eq!(portal.sandbox.usernames().await.len(), 4, "so far it is only looked at");

    let done = browser.submit_and_follow(CLEAN_UP, &[("run", "run-1"), ("labels", "suite=run-1")]).await;
    assert!(done.text.contains("Cleanup of 3 accounts"));
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
    let id = portal.tester().get("/api/v1/accounts?state=revoked").await.items()[0]["id"].clone();
    let page = browser.open(&format!("/accounts/{}", id.as_str().unwrap())).await;
    assert!(page.text.contains("A cleanup that tester asked for took the account away"));
    assert!(page.text.contains("href=\"/batches/"), "the account leads to its batch");
}

#[tokio::test]
async fn what_cannot_be_meant_is_said_beside_its_field() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let nothing = browser.open(&format!("{PAGE}?run=&service=")).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.text.contains("no cleanup ever means everything"));
    for (query, field) in [
        ("labels=suite", "labels"),
        ("username_prefix=No%20one", "username_prefix"),
        ("run=r&mine=true", "mine"),
    ] {
        let page = browser.open(&format!("{PAGE}?{query}")).await;
        assert_eq!(page.status, 422, "{query}");
        assert!(page.text.contains(&format!("href=\"#{field}\"")), "{query}");
    }
    let page = browser.open(&format!("{PAGE}?service=nobodys")).await;
    assert!(page.text.contains("id=\"service-error\""));
    let forged = browser.open(&format!("{PAGE}?labels=%3C/textarea%3E%3Cform%20id=forged%3E")).await;
    assert!(
        !forged.text.contains("<form id=forged>"),
        "what a link says is shown, and is no part of the page"
    );
    let refused = browser.submit_and_follow(CLEAN_UP, &[("labels", "suite")]).await;
    assert_eq!(field_value(&refused.text, "labels").as_deref(), Some("suite"));
}

#[tokio::test]
async fn one_cleans_up_what_is_ones_own() {
    let portal = TestPortal::start(Sqlite).await;
    with_run(&portal, "run-1", 2).await;
    let stranger = portal.signed_in(Who::SecondTester).await;
    let page = stranger.open(&format!("{PAGE}?run=run-1")).await;
    assert!(page.text.contains("Nothing to take away"));
    let manager = portal.signed_in(Who::Manager).await;
    assert!(manager.open(&format!("{PAGE}?run=run-1")).await.text.contains("2 accounts would be"));
    assert!(field_value(&manager.open(PAGE).await.text, "requested_by").is_some());
    assert!(field_value(&stranger.open(PAGE).await.text, "requested_by").is_none());
}

#[rstest]
#[tokio::test]
async fn a_run_that_is_kept_is_spared(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    with_run(&portal, "run-1", 2).await;
    let browser = portal.signed_in(Who::Tester).await;
    let of_run = browser.open("/accounts?run=run-1").await;
    assert_eq!(field_names(&of_run.text, KEEP), ["run", "ttl"]);
    assert!(field_names(&browser.open("/accounts").await.text, KEEP).is_empty());
    let says = |page: &Answer, text: &str| assert!(page.text.contains(text), "{text}");
    for (ttl, why) in [("", "Must say how long from now"), ("soon", "Is not"), ("31d", "Must be at most 30d")]
    {
        let refused = browser.submit_and_follow(KEEP, &[("run", "run-1"), ("ttl", ttl)]).await;
        assert_eq!(field_value(&refused.text, "ttl").as_deref(), Some(ttl));
        says(&refused, why);
    }
    let kept = browser.submit_and_follow(KEEP, &[("run", "run-1"), ("ttl", "2h")]).await;
    says(&kept, "Cleanups spare the accounts of run-1 until ");
    let preview = browser.open(&format!("{PAGE}?run=run-1")).await;
    says(&preview, "Nothing to take away");
    says(&preview, "2 fit, but are kept with their run");
    let id = portal.tester().get("/api/v1/accounts?run=run-1").await.items()[0]["id"].clone();
    let account = browser.open(&format!("/accounts/{}", id.as_str().unwrap())).await;
    says(&account, "Kept from cleanups until");
}
