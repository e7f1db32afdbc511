//! `POST /api/v1/accounts/{id}/freeze`

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who,
};

use super::super::{login_of, path_of};

#[rstest]
#[tokio::test]
async fn nobody_can_sign_in_with_it_and_the_lease_goes_on(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let id = &issued["id"];
    let (username, password) = login_of(&issued["credentials"]);
    let frozen = portal.tester().act(id, "freeze", &json!({ "reason": "odd sign-ins" })).await.expect(200);
    assert_eq!((&frozen["state"], &frozen["expires_at"]), (&json!("frozen"), &issued["expires_at"]));
    assert_eq!(frozen["services"][0]["disabled"], true);
    assert!(!portal.sandbox.accepts(username, password).await);
    let event = portal.events("action=account_frozen").await.remove(0);
    assert_eq!(event["details"]["reason"], "odd sign-ins");
    portal.tester().order(&path_of(id, "freeze")).await.problem(409, "conflict");
    let reset = portal.tester().order(&path_of(id, "reset")).await.problem(409, "conflict");
    assert!(reset["detail"].as_str().unwrap().contains("unfreeze it first"), "{reset}");
    let gone = portal.tester().delete(path_of(id, "freeze").trim_end_matches("/freeze")).await.expect(200);
    assert_eq!(gone["state"], "revoked");
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_full(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.sandbox.0.go_down();
    let call = portal.tester().call(Method::POST, &path_of(&id, "freeze")).header("prefer", "wait=1");
    let answer = call.send().await;
    assert_eq!(answer.expect(202)["state"], "frozen");
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", id.as_str().unwrap()));
    portal.sandbox.0.come_back().await;
}

#[rstest]
#[tokio::test]
async fn a_service_that_cannot_disable_accounts_is_a_conflict(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let problem = portal.tester().order(&path_of(&id, "freeze")).await.problem(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains(SANDBOX), "{problem}");
    assert_eq!(portal.tester().account(&id).await["state"], "active");
}

#[rstest]
#[tokio::test]
async fn its_holder_and_managers_may(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let path = path_of(&id, "freeze");
    portal.second_tester().order(&path).await.problem(404, "not_found");
    portal.narrowed(Who::Tester, &["accounts:read"]).await.order(&path).await.problem(403, "forbidden");
    let long = json!({ "reason": "x".repeat(501) });
    assert_eq!(portal.tester().act(&id, "freeze", &long).await.invalid_fields(), ["/reason"]);
    assert_eq!(portal.manager().order(&path).await.expect(200)["state"], "frozen");
}

#[rstest]
#[tokio::test]
async fn a_manager_makes_a_holders_freeze_their_own(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.tester().order(&path_of(&id, "freeze")).await.expect(200);
    let taken = portal.manager().act(&id, "freeze", &json!({ "reason": "under review" })).await.expect(200);
    assert_eq!((&taken["state"], &taken["frozen_by"]), (&json!("frozen"), &json!("manager")));
    portal.manager().order(&path_of(&id, "freeze")).await.problem(409, "conflict");
    // Now it is not the holder's to lift, and neither to take over.
    for what in ["unfreeze", "freeze"] {
        portal.tester().order(&path_of(&id, what)).await.problem(403, "forbidden");
    }
    let frozen = portal.events("action=account_frozen").await;
    assert_eq!((frozen.len(), &frozen[1]["details"]["reason"]), (2, &json!("under review")));
}
