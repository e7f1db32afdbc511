//! `POST /cleanup`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who,
};

async fn create(portal: &TestPortal, api: &Api) -> String {
    let created = api.post("/create", &json!({ "service_url": portal.sandbox.0.url() })).await.expect(200);
    created["username"].as_str().unwrap().to_owned()
}

fn done() -> Value {
    json!({ "status": "all test accounts cleaned up" })
}

#[rstest]
#[tokio::test]
async fn takes_away_what_this_token_created_and_nothing_else(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let other_job = portal.narrowed(Who::Tester, &[]).await;
    for _ in 0..3 {
        create(&portal, &portal.tester()).await;
    }
    let of_other_job = create(&portal, &other_job).await;
    let of_other_person = create(&portal, &portal.second_tester()).await;
    let browser = portal.signed_in(Who::Tester).await;
    browser.submit("/actions/request_account", &[("services[]", SANDBOX)]).await;
    let in_person = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    assert_eq!(in_person["requested_by"]["kind"], "person");

    assert_eq!(portal.tester().order("/cleanup").await.expect(200), done());
    let mut left = vec![of_other_job, of_other_person, in_person["username"].as_str().unwrap().to_owned()];
    left.sort();
    assert_eq!(portal.sandbox.usernames().await, left);
    let ended = portal.tester().get("/api/v1/accounts?state=revoked").await.items();
    assert_eq!(ended.len(), 3);
    assert!(ended.iter().all(|account| account["end_reason"] == "cleaned_up"));
}

#[rstest]
#[tokio::test]
async fn with_nothing_to_take_away_it_is_done_as_well(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    assert_eq!(portal.tester().order("/cleanup").await.expect(200), done());
    create(&portal, &portal.tester()).await;
    portal.tester().order("/cleanup").await.expect(200);
    assert_eq!(portal.tester().order("/cleanup").await.expect(200), done());
}

#[tokio::test]
async fn while_something_is_still_going_it_does_not_say_all() {
    let mut portal = TestPortal::start(Sqlite).await;
    create(&portal, &portal.tester()).await;
    portal.sandbox.0.go_down();
    let call = portal.tester().call(http::Method::POST, "/cleanup").header("prefer", "respond-async");
    let going = call.send().await.expect(202);
    assert_ne!(going, done());
    portal.sandbox.0.come_back().await;
    let account = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    portal.tester().account_once("revoked", &account["id"]).await;
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn only_tokens_that_may_write_may() {
    let portal = TestPortal::start(Sqlite).await;
    portal.anonymous().order("/cleanup").await.problem(401, "unauthenticated");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.order("/cleanup").await.problem(403, "forbidden");
}
