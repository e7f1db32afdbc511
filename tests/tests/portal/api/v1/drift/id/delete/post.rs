//! `POST /api/v1/drift/{id}/delete`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, Sandbox, TestPortal, listing_service,
};

use crate::api::v1::drift::{
    DRIFT, come_back, decide, entry_after_two_sweeps, lasting_account, swept_by_itself,
};

#[rstest]
#[tokio::test]
async fn what_was_minted_here_is_deleted_from_the_service_with_proof(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    let username = come_back(&portal).await;
    swept_by_itself(&portal).await;
    swept_by_itself(&portal).await;
    let entry = portal.admin().get(DRIFT).await.items().remove(0);
    assert_eq!(portal.sandbox.usernames().await, std::slice::from_ref(&username));
    let path = format!("{DRIFT}/{}/delete", entry["id"].as_str().unwrap());
    let delete = || portal.admin().call(http::Method::POST, &path).key("once").send();
    let deleted = delete().await.expect(200);
    assert_eq!((&deleted["state"], &deleted["username"]), (&json!("deleted"), &json!(username)));
    assert!(portal.sandbox.usernames().await.is_empty());
    assert_eq!(delete().await.expect(200), deleted, "nothing is done twice");
    let events = portal.events("action=drift_deleted").await;
    assert_eq!((events.len(), &events[0]["subject"]), (1, &json!(username)));
    let proof = events[0]["details"]["proof"].as_array().unwrap();
    assert!(proof[0].as_str().unwrap().starts_with("DELETE /delete_account/test_"), "{proof:?}");
    assert!(proof[1].as_str().unwrap().contains("answered 404"), "{proof:?}");
    assert!(portal.admin().get(DRIFT).await.items().is_empty());
    decide(&portal, &entry, "delete").await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn a_strangers_account_is_never_deleted(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create("test_stranger", "secret").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let refused = decide(&portal, &entry, "delete").await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("was not minted here"), "{refused}");
    assert!(portal.sandbox.accepts("test_stranger", "secret").await);
    portal
        .manager()
        .order(&format!("{DRIFT}/{}/delete", entry["id"].as_str().unwrap()))
        .await
        .problem(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn what_was_seen_before_a_service_moved_is_forgotten(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    come_back(&portal).await;
    swept_by_itself(&portal).await;
    swept_by_itself(&portal).await;
    let entry = portal.admin().get(DRIFT).await.items().remove(0);
    let other = Sandbox::start().await;
    portal.register(&listing_service(SANDBOX, &other.0.url())).await;
    assert!(portal.admin().get(DRIFT).await.items().is_empty());
    let path = format!("{DRIFT}/{}/delete", entry["id"].as_str().unwrap());
    portal.admin().order(&path).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn a_name_that_was_adopted_once_is_not_deleted_by_a_sweep_later(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create("test_anna", "secret").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let adopted = decide(&portal, &entry, "adopt").await.expect(200);
    let account = format!("/api/v1/accounts/{}", adopted["account"].as_str().unwrap());
    portal.admin().delete(&account).await.expect(200);
    // Somebody makes it again by hand, as they had before.
    portal.sandbox.create("test_anna", "another").await;
    let entry = entry_after_two_sweeps(&portal).await;
    assert_eq!((&entry["username"], &entry["minted"]), (&json!("test_anna"), &json!(false)));
    assert!(portal.sandbox.accepts("test_anna", "another").await);
}

#[rstest]
#[tokio::test]
async fn what_is_missing_is_taken_away_from_its_holder(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let account = lasting_account(&portal).await;
    portal.sandbox.delete(account["username"].as_str().unwrap()).await;
    let entry = entry_after_two_sweeps(&portal).await;
    assert_eq!(decide(&portal, &entry, "delete").await.expect(200)["state"], "deleted");
    let account = portal.tester().account(&account["id"]).await;
    assert_eq!((&account["state"], &account["end_reason"]), (&json!("revoked"), &json!("revoked")));
    assert!(account["services"][0]["proof"].as_str().unwrap().contains("404"), "its removal proved it");
}

#[rstest]
#[tokio::test]
async fn a_service_that_does_not_answer_is_said_and_the_entry_stays(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_listing(database).await;
    come_back(&portal).await;
    swept_by_itself(&portal).await;
    swept_by_itself(&portal).await;
    let entry = portal.admin().get(DRIFT).await.items().remove(0);
    portal.sandbox.0.go_down();
    let answer = decide(&portal, &entry, "delete").await;
    let detail = answer.problem(503, "target_unavailable")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("DELETE /delete_account/test_") && !detail.contains("tried again"), "{detail}");
    portal.sandbox.0.come_back().await;
    assert_eq!(portal.admin().get(DRIFT).await.items(), std::slice::from_ref(&entry));
    decide(&portal, &entry, "delete").await.expect(200);
}
