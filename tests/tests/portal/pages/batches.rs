//! `/batches` and `/batches/{id}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, field_names, field_value,
};

const REQUEST: &str = "/actions/request_account";
const RETRY: &str = "/actions/retry_batch";

#[rstest]
#[tokio::test]
async fn asking_for_many_leads_to_their_batch(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    assert!(browser.open("/batches").await.text.contains("No batches yet"));
    let fields = [("services[]", SANDBOX), ("count", "3"), ("ticket", "SHOP-3")];
    let sent = browser.submit(REQUEST, &fields).await;
    let page = sent.header("location").to_owned();
    assert!(page.starts_with("/batches/"), "{page}");
    portal.tester().batch_once_finished(&json!(page.trim_start_matches("/batches/"))).await;
    let shown = browser.open(&page).await;
    for said in ["Creation of 3 accounts", "3 of 3 created", "finished", "SHOP-3", "<progress"] {
        assert!(shown.text.contains(said), "{said}");
    }
    assert!(!shown.text.contains("<script"), "what does not move needs no script");
    assert!(field_names(&shown.text, RETRY).is_empty());
    let list = browser.open("/batches").await;
    assert!(list.text.contains(&page) && list.text.contains("Creation of 3 accounts"));
    let accounts = browser.open(&page.replace("/batches/", "/accounts?batch=")).await;
    assert_eq!(accounts.text.matches("href=\"/accounts/0").count(), 3);
    assert_eq!(portal.signed_in(Who::SecondTester).await.open(&page).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn what_failed_is_listed_with_its_reasons_and_asked_for_once_more(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    portal.register_scripted("picky", &service).await;
    let wanted = json!({ "services": ["picky"], "count": 2 });
    let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202)["id"].clone();
    portal.tester().batch_once_finished(&batch).await;
    let browser = portal.signed_in(Who::Tester).await;
    let path = format!("/batches/{}", batch.as_str().unwrap());
    let page = browser.open(&path).await;
    assert!(page.text.contains("0 of 2 created, 2 failed"));
    assert!(page.text.contains("What did not go well") && page.text.contains("<b>picky</b>"));
    assert_eq!(field_names(&page.text, RETRY), ["batch"]);

    service.now(|call| Reply::status(if call.is_create() || call.is_login() { 200 } else { 404 }));
    let page = browser.submit_and_follow(RETRY, &[("batch", batch.as_str().unwrap())]).await;
    assert!(page.text.contains("asked for once more"));
    portal.tester().batch_once_finished(&batch).await;
    assert!(browser.open(&path).await.text.contains("2 of 2 created"));
    let refused = browser.submit_and_follow(RETRY, &[("batch", batch.as_str().unwrap())]).await;
    assert!(refused.text.contains("Nothing of this batch has failed"));
}

#[tokio::test]
async fn how_many_there_can_be_is_said_beside_the_field() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    for count in ["0", "5001", "-1", "many", "1.5"] {
        let page = browser.submit_and_follow(REQUEST, &[("services[]", SANDBOX), ("count", count)]).await;
        assert_eq!(field_value(&page.text, "count").as_deref(), Some(count));
        assert!(page.text.contains("Must be from 1 to 5000"), "{count}");
    }
    assert!(portal.tester().get("/api/v1/accounts").await.items().is_empty());
}
