//! `GET /live?account={id}`

use std::time::Duration;

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, Stream, TestPortal, Who, eventually,
};
use tokio::time::timeout;

async fn next_state(stream: &mut Stream) -> String {
    loop {
        let message = stream.next_message().await.unwrap();
        if let Some(data) = message.lines().find_map(|line| line.strip_prefix("data: ")) {
            assert!(message.contains("event: account"), "{message}");
            let account: Value = serde_json::from_str(data).unwrap();
            return account["state"].as_str().unwrap().to_owned();
        }
    }
}

#[rstest]
#[tokio::test]
async fn tells_how_the_account_is_and_whenever_it_changes(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let id = account["id"].as_str().unwrap();
    let cookie = portal.signed_in(Who::Tester).await.cookie().unwrap();
    let call = portal.anonymous().call(Method::GET, &format!("/live?account={id}"));
    let mut stream = call.header("cookie", &cookie).open().await;
    assert_eq!(next_state(&mut stream).await, "active");
    portal.tester().delete(&format!("/api/v1/accounts/{id}")).await.expect(200);
    while next_state(&mut stream).await != "revoked" {}
}

#[tokio::test]
async fn looks_again_when_other_processes_may_have_gone_unheard() {
    let portal = TestPortal::start(Postgres).await;
    let account = portal.tester().new_account().await;
    let cookie = portal.signed_in(Who::Tester).await.cookie().unwrap();
    let path = format!("/live?account={}", account["id"].as_str().unwrap());
    let mut stream = portal.anonymous().call(Method::GET, &path).header("cookie", &cookie).open().await;
    assert_eq!(next_state(&mut stream).await, "active");
    let raw = portal.raw().await;
    let cut = "SELECT CAST(pg_terminate_backend(pid) AS text) FROM pg_stat_activity \
               WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    eventually("the connection is cut over which others are heard", async || raw.text(cut).await).await;
    let told = timeout(Duration::from_secs(10), next_state(&mut stream)).await;
    assert_eq!(told.expect("it looks again"), "active");
}

#[tokio::test]
async fn an_open_stream_does_not_keep_the_portal_from_stopping() {
    let mut portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let cookie = portal.signed_in(Who::Tester).await.cookie().unwrap();
    let path = format!("/live?account={}", account["id"].as_str().unwrap());
    let mut stream = portal.anonymous().call(Method::GET, &path).header("cookie", &cookie).open().await;
    assert_eq!(next_state(&mut stream).await, "active");
    timeout(Duration::from_secs(20), portal.stop()).await.expect("it stops");
}

#[tokio::test]
async fn is_only_for_who_sees_the_account_and_is_signed_in() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let path = format!("/live?account={}", account["id"].as_str().unwrap());
    portal.browser().open(&path).await.problem(401, "unauthenticated");
    portal.tester().get(&path).await.problem(401, "unauthenticated");
    let stranger = portal.signed_in(Who::SecondTester).await;
    stranger.open(&path).await.problem(404, "not_found");
    for query in ["", "?account=", "?account=nonsense"] {
        assert_eq!(stranger.open(&format!("/live{query}")).await.invalid_fields(), ["/account"], "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn tells_how_a_batch_gets_on_and_ends_with_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let wanted = json!({ "services": [SANDBOX], "count": 3 });
    let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    let path = format!("/live?batch={}", batch["id"].as_str().unwrap());
    let cookie = portal.signed_in(Who::Tester).await.cookie().unwrap();
    let mut stream = portal.anonymous().call(Method::GET, &path).header("cookie", &cookie).open().await;
    let mut told = Vec::new();
    while let Some(now) = stream.next_event("batch").await {
        told.push(now);
    }
    let last = told.last().unwrap();
    assert_eq!((&last["state"], &last["done"]), (&json!("finished"), &json!(3)));
    let stranger = portal.signed_in(Who::SecondTester).await;
    stranger.open(&path).await.problem(404, "not_found");
    assert_eq!(stranger.open("/live?batch=nonsense").await.invalid_fields(), ["/batch"]);
}
