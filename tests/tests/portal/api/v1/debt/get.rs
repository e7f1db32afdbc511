//! `GET /api/v1/debt`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, TestPortal, Who, assert_has,
};

use super::indebted;

const DEBT: &str = "/api/v1/debt";

#[rstest]
#[tokio::test]
async fn names_what_should_be_gone_and_is_not(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    assert!(portal.tester().get(DEBT).await.items().is_empty());
    portal.tester().new_account().await;
    let (stubborn, debt) = indebted(&portal).await;
    assert_has(
        &debt,
        &["enrollment", "account", "username", "service", "reason", "since", "attempts", "next_attempt_at"],
    );
    assert_eq!((&debt["service"], &debt["holder"]), (&json!("stubborn"), &json!("tester")));
    assert!(debt["reason"].as_str().unwrap().contains("503"), "{debt}");
    assert!(debt["attempts"].as_u64() >= Some(1) && debt["since"].is_string());
    let account = portal.tester().account(&debt["account"]).await;
    assert_eq!((&account["state"], &account["services"][0]["id"]), (&json!("revoking"), &debt["enrollment"]));
    stubborn.now(|_| Reply::status(200));
    portal.clock.advance(std::time::Duration::from_secs(900));
    portal.tester().account_once("revoked", &debt["account"]).await;
    assert!(portal.tester().get(DEBT).await.items().is_empty());
}

#[rstest]
#[tokio::test]
async fn everybody_sees_their_own_and_managers_the_teams(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (_stubborn, debt) = indebted(&portal).await;
    assert!(portal.second_tester().get(DEBT).await.items().is_empty());
    for who in [Who::Tester, Who::Manager, Who::Admin] {
        let seen = portal.api(who).get(&format!("{DEBT}?service=stubborn")).await.items();
        assert_eq!(seen[0]["enrollment"], debt["enrollment"], "{who:?}");
        assert!(portal.api(who).get(&format!("{DEBT}?service=user-service")).await.items().is_empty());
    }
    assert_eq!(portal.tester().get(&format!("{DEBT}?service=No")).await.invalid_fields(), ["/service"]);
    assert_eq!(portal.tester().get(&format!("{DEBT}?holder=x")).await.invalid_fields(), ["/holder"]);
    let writer = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    writer.get(DEBT).await.problem(403, "forbidden");
}
