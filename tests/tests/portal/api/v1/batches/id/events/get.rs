//! `GET /api/v1/batches/{id}/events`

use std::time::Duration;

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal,
};
use tokio::time::timeout;

use super::super::super::{path_of, request};

#[rstest]
#[tokio::test]
async fn tells_how_the_batch_gets_on_and_ends_with_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let slow = ScriptedTarget::start(|_| Reply::status(200).after(Duration::from_millis(150))).await;
    portal.register_scripted("slow", &slow).await;
    let batch = request(&portal.tester(), "slow", 25).await;
    let call = portal.tester().call(Method::GET, &path_of(&batch, "/events"));
    let mut stream = call.open().await;
    let mut told = Vec::new();
    while let Some(now) = stream.next_event("batch").await {
        assert_eq!(now["id"], batch["id"]);
        told.push((now["done"].as_u64().unwrap(), now["state"].as_str().unwrap().to_owned()));
    }
    assert!(told.len() >= 2, "{told:?}");
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&(25, "finished".to_owned())));
}

#[rstest]
#[tokio::test]
async fn of_a_finished_batch_it_tells_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let batch = portal.tester().post("/api/v1/cleanups", &json!({ "mine": true })).await.expect(202);
    let answer = portal.tester().get(&path_of(&batch, "/events")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
    assert_eq!(answer.text.matches("event: batch").count(), 1, "{}", answer.text);
}

#[tokio::test]
async fn an_open_stream_does_not_keep_the_portal_from_stopping() {
    let mut portal = TestPortal::start(Sqlite).await;
    portal.sandbox.0.go_down();
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    let mut stream = portal.tester().call(Method::GET, &path_of(&batch, "/events")).open().await;
    assert_eq!(stream.next_event("batch").await.unwrap()["state"], "running");
    timeout(Duration::from_secs(20), portal.stop()).await.expect("it stops");
}

#[tokio::test]
async fn is_only_for_who_sees_the_batch() {
    let portal = TestPortal::start(Sqlite).await;
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    let path = path_of(&batch, "/events");
    portal.second_tester().get(&path).await.problem(404, "not_found");
    portal.anonymous().get(&path).await.problem(401, "unauthenticated");
    let cookie = portal.signed_in(tests::Who::Tester).await.cookie().unwrap();
    let by_session = portal.anonymous().call(Method::GET, &path).header("cookie", &cookie);
    by_session.send().await.problem(401, "unauthenticated");
}
