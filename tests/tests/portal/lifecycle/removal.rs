//! Removing an account from a service that does not play along.

use std::time::Duration;

use http::Method;
use rstest::rstest;
use serde_json::Value;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, ScriptedTarget, TestPortal, eventually,
};

use super::plot;

async fn revoke(portal: &TestPortal, id: &Value) -> u16 {
    let path = format!("/api/v1/accounts/{}", id.as_str().unwrap());
    portal.tester().call(Method::DELETE, &path).header("prefer", "respond-async").send().await.status
}

#[rstest]
#[tokio::test]
async fn a_service_that_is_down_is_asked_until_the_account_is_gone(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.sandbox.0.go_down();
    assert_eq!(revoke(&portal, &id).await, 202);
    let error = eventually("the removal was tried", async || {
        let account = portal.tester().account(&id).await;
        assert_eq!(account["state"], "revoking");
        account["services"][0]["last_error"].as_str().map(str::to_owned)
    });
    let error = error.await;
    assert!(
        error.contains("DELETE /delete_account/") && error.contains("until the account is proven gone"),
        "{error}"
    );
    // It is tried for as long as it takes.
    portal.clock.advance(Duration::from_secs(6 * 86_400));
    let before = portal.tester().account(&id).await["services"][0]["attempts"].as_u64().unwrap();
    eventually("it is tried again", async || {
        let account = portal.tester().account(&id).await;
        assert_eq!(account["state"], "revoking");
        (account["services"][0]["attempts"].as_u64() > Some(before)).then_some(())
    })
    .await;
    portal.sandbox.0.come_back().await;
    portal.clock.advance(Duration::from_secs(900));
    let account = portal.tester().account_once("revoked", &id).await;
    assert_eq!(account["services"][0]["state"], "removed");
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn an_account_that_is_gone_already_counts_as_removed(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 404 } else { 200 })).await;
    portal.register_scripted("forgetful", &service).await;
    let id = portal.tester().new_account_later("forgetful").await["id"].clone();
    portal.tester().account_once("active", &id).await;
    revoke(&portal, &id).await;
    let account = portal.tester().account_once("revoked", &id).await;
    let proof = account["services"][0]["proof"].as_str().unwrap();
    assert!(proof.contains("DELETE /delete_account/") && proof.contains("404"), "{proof}");
}

#[rstest]
#[tokio::test]
async fn nothing_but_proof_ends_a_removal(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("stubborn", &service).await;
    let id = portal.tester().new_account_later("stubborn").await["id"].clone();
    portal.tester().account_once("active", &id).await;
    for status in [500, 403, 400, 202, 302, 429] {
        let seen = service.received().len();
        service.now(move |_| Reply::status(status));
        revoke(&portal, &id).await;
        portal.clock.advance(Duration::from_secs(900));
        eventually("the removal is tried", async || (service.received().len() > seen).then_some(())).await;
        let account = portal.tester().account(&id).await;
        assert_eq!(
            (&account["state"], &account["services"][0]["state"]),
            (&"revoking".into(), &"removing".into())
        );
    }
    service.now(|_| Reply::status(200));
    portal.clock.advance(Duration::from_secs(900));
    portal.tester().account_once("revoked", &id).await;
}

#[rstest]
#[tokio::test]
async fn an_account_that_is_just_being_created_is_created_and_then_removed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| {
        let after = if call.is_create() { 400 } else { 0 };
        Reply::status(200).after(Duration::from_millis(after))
    });
    let service = service.await;
    portal.register_scripted("slow", &service).await;
    let id = portal.tester().new_account_later("slow").await["id"].clone();
    eventually("the creation is under way", async || service.received().first().cloned()).await;
    assert_eq!(revoke(&portal, &id).await, 202);
    let account = portal.tester().account_once("revoked", &id).await;
    assert!(account["active_at"].is_null());
    assert!(plot(&service.received()).ends_with(&["delete", "login"]));
}

#[rstest]
#[tokio::test]
async fn two_who_revoke_at_once_both_hear_that_it_is_gone(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let path = format!("/api/v1/accounts/{}", id.as_str().unwrap());
    let (tester, manager) = (portal.tester(), portal.manager());
    let (one, other) = tokio::join!(tester.delete(&path), manager.delete(&path));
    assert_eq!(
        (one.expect(200)["state"].as_str(), other.expect(200)["state"].as_str()),
        (Some("revoked"), Some("revoked"))
    );
    let revoking = portal.events("action=account_revoking").await;
    assert_eq!(revoking.len(), 1, "one of them did it");
}
