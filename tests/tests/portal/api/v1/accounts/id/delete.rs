//! `DELETE /api/v1/accounts/{id}`

use std::time::Duration;

use http::Method;
use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, ScriptedTarget, TestPortal, Who, assert_has,
};

use super::super::ACCOUNT;

#[rstest]
#[tokio::test]
async fn the_account_is_gone_from_its_service_when_the_answer_comes(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
    let revoked = portal.tester().delete(&path).await.expect(200);
    assert_has(&revoked, &ACCOUNT);
    assert_eq!(
        (revoked["state"].as_str(), revoked["end_reason"].as_str()),
        (Some("revoked"), Some("revoked"))
    );
    assert!(revoked["ended_at"].is_string());
    let enrollment = &revoked["services"][0];
    assert_eq!(enrollment["state"], "removed");
    assert!(enrollment["removed_at"].is_string());
    assert!(enrollment["proof"].as_str().unwrap().contains("200"), "{enrollment}");
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn again_on_an_ended_account_it_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let first = portal.tester().delete(&path).await.expect(200);
    let events = portal.tester().actions_of(&account["id"]).await;
    assert_eq!(portal.tester().delete(&path).await.expect(200), first);
    assert_eq!(portal.tester().actions_of(&account["id"]).await, events);
}

#[rstest]
#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let slow = ScriptedTarget::start(|call| {
        let after = if call.is_delete() { 300 } else { 0 };
        Reply::status(200).after(Duration::from_millis(after))
    });
    let slow = slow.await;
    portal.register_scripted("slow", &slow).await;
    let account = portal.tester().new_account_later("slow").await;
    portal.tester().account_once("active", &account["id"]).await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let call = portal.tester().call(Method::DELETE, &path).header("prefer", "respond-async");
    let answer = call.send().await;
    assert_eq!(answer.expect(202)["state"], "revoking");
    assert_eq!(answer.header("location"), path);
    assert_eq!(answer.header("preference-applied"), "respond-async");
    portal.tester().account_once("revoked", &account["id"]).await;
}

#[rstest]
#[tokio::test]
async fn its_holder_managers_and_admins_may(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for (who, status) in
        [(Who::SecondTester, 404), (Who::Tester, 200), (Who::Manager, 200), (Who::Admin, 200)]
    {
        let account = portal.tester().new_account().await;
        let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
        assert_eq!(portal.api(who).delete(&path).await.status, status, "{who:?}");
    }
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.delete(&path).await.problem(403, "forbidden");
    portal.tester().delete("/api/v1/accounts/nonsense").await.problem(404, "not_found");
}
