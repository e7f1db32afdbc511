//! Somebody who owns the database takes the triggers away and changes
//! history: it is found.

use rstest::rstest;
use serde_json::Value;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

/// The event that is tampered with: neither the first nor the last.
const THIRD: &str = "(SELECT event_id FROM seals WHERE seq = 3)";

async fn with_a_history(database: Database) -> TestPortal {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    portal.seal().await;
    assert_eq!(verdict(&portal).await["ok"], true);
    portal
}

async fn verdict(portal: &TestPortal) -> Value {
    portal.seal().await;
    portal.admin().get("/api/v1/events/verify").await.expect(200)
}

async fn tamper(portal: &TestPortal, table: &str, change: &str, sql: &str) {
    let raw = portal.raw().await;
    raw.drop_trigger(table, change).await;
    assert_eq!(raw.execute(sql).await.unwrap(), 1, "{sql}");
}

#[track_caller]
fn assert_found(verdict: &Value, seq: Option<u64>, reason: &str) {
    assert_eq!(verdict["ok"], false, "{verdict}");
    let bad = &verdict["first_bad"];
    assert_eq!(bad["seq"].as_u64(), seq, "{verdict}");
    assert!(bad["event"].is_string(), "{verdict}");
    assert!(bad["reason"].as_str().unwrap().contains(reason), "{verdict}");
}

#[rstest]
#[case::who("actor_login = 'nobody'")]
#[case::when("at = at + 1")]
#[case::what("action = 'signed_in'")]
#[case::whom("subject = 'somebody else'")]
#[case::details("details_hash = 'x'")]
#[tokio::test]
async fn a_changed_envelope_is_found(#[values(Sqlite, Postgres)] database: Database, #[case] change: &str) {
    let portal = with_a_history(database).await;
    tamper(&portal, "events", "update", &format!("UPDATE events SET {change} WHERE id = {THIRD}")).await;
    assert_found(&verdict(&portal).await, Some(3), "changed");
}

#[rstest]
#[tokio::test]
async fn changed_details_are_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    let sql = format!("UPDATE event_details SET details = '{{\"role\":\"admin\"}}' WHERE event_id = {THIRD}");
    tamper(&portal, "event_details", "update", &sql).await;
    assert_found(&verdict(&portal).await, Some(3), "details");
}

#[rstest]
#[tokio::test]
async fn a_removed_seal_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    tamper(&portal, "seals", "delete", "DELETE FROM seals WHERE seq = 3").await;
    assert_found(&verdict(&portal).await, Some(4), "seal 3 is missing");
}

#[rstest]
#[tokio::test]
async fn a_removed_last_seal_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    let last = "DELETE FROM seals WHERE seq = (SELECT max(seq) FROM seals)";
    tamper(&portal, "seals", "delete", last).await;
    assert_found(&verdict(&portal).await, None, "no seal");
}

#[rstest]
#[tokio::test]
async fn a_changed_seal_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    tamper(&portal, "seals", "update", "UPDATE seals SET hash = 'x' WHERE seq = 3").await;
    assert_found(&verdict(&portal).await, Some(3), "changed");
}

#[rstest]
#[tokio::test]
async fn a_removed_event_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    let raw = portal.raw().await;
    raw.ignore_references().await;
    raw.drop_trigger("events", "delete").await;
    assert_eq!(raw.execute(&format!("DELETE FROM events WHERE id = {THIRD}")).await.unwrap(), 1);
    assert_found(&verdict(&portal).await, Some(3), "removed");
}

#[rstest]
#[tokio::test]
async fn an_event_that_was_slipped_in_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    let new_id = if database == Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    let others = "at, action, actor_kind, actor_login, details_hash";
    let sql =
        format!("INSERT INTO events (id, {others}) SELECT {new_id}, {others} FROM events WHERE id = {THIRD}");
    assert_eq!(portal.raw().await.execute(&sql).await.unwrap(), 1);
    assert_found(&verdict(&portal).await, None, "no seal");
}

#[rstest]
#[tokio::test]
async fn details_can_be_erased_and_the_chain_stays_whole(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_history(database).await;
    let before = portal.events("").await;
    let raw = portal.raw().await;
    assert_eq!(raw.execute(&format!("DELETE FROM event_details WHERE event_id = {THIRD}")).await.unwrap(), 1);
    assert_eq!(verdict(&portal).await["ok"], true);
    let after = portal.events("").await;
    let erased: Vec<_> = after.iter().filter(|event| event["details"].is_null()).collect();
    assert_eq!((erased.len(), after.len()), (1, before.len()));
    let envelope = before.iter().find(|event| event["id"] == erased[0]["id"]).unwrap();
    assert_eq!((&erased[0]["action"], &erased[0]["actor"]), (&envelope["action"], &envelope["actor"]));
}
