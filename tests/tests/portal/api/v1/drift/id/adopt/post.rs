//! `POST /api/v1/drift/{id}/adopt`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, listing_service,
};

use crate::api::v1::drift::{
    DRIFT, come_back, decide, entry_after_two_sweeps, lasting_account, sweep, swept_by_itself,
};

const STRANGER: &str = "test_stranger";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

#[rstest]
#[tokio::test]
async fn a_strangers_account_becomes_the_callers_with_a_password_that_only_the_portal_knows(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create(STRANGER, "the stranger's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let adopted = decide(&portal, &entry, "adopt").await.expect(200);
    assert_eq!((&adopted["id"], &adopted["state"]), (&entry["id"], &json!("adopted")));

    let account = portal.admin().account(&adopted["account"]).await;
    assert_eq!((text(&account, "state"), text(&account, "holder")), ("active", "admin"));
    assert_eq!(
        (text(&account, "username"), &account["services"][0]["reset_pending"]),
        (STRANGER, &json!(false))
    );
    assert!(account["expires_at"].is_string(), "it has the usual lease");
    let reveal = portal.admin().act(&adopted["account"], "reveal", &json!({})).await.expect(200);
    assert!(portal.sandbox.accepts(STRANGER, text(&reveal, "password")).await);
    assert!(!portal.sandbox.accepts(STRANGER, "the stranger's").await);
    let actions = portal.admin().actions_of(&adopted["account"]).await;
    assert_eq!(actions, ["drift_adopted", "enrollment_reset", "account_revealed"]);

    assert!(portal.admin().get(DRIFT).await.items().is_empty());
    assert_eq!(sweep(&portal).await, json!({ "unknown": [], "missing": [] }));
    decide(&portal, &entry, "adopt").await.problem(409, "conflict");
    let path = format!("/api/v1/accounts/{}", text(&account, "id"));
    assert_eq!(portal.admin().delete(&path).await.expect(200)["state"], "revoked");
    assert!(portal.sandbox.usernames().await.is_empty(), "whoever adopts it answers for its removal");
}

#[rstest]
#[tokio::test]
async fn an_adopted_account_shows_no_password_before_the_service_has_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_listing(database).await;
    portal.sandbox.create(STRANGER, "the stranger's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    portal.sandbox.0.go_down();
    let path = format!("{DRIFT}/{}/adopt", text(&entry, "id"));
    let call = portal.admin().call(http::Method::POST, &path).header("prefer", "respond-async");
    let adopted = call.send().await.expect(200);
    let account = portal.admin().account(&adopted["account"]).await;
    assert_eq!(account["services"][0]["reset_pending"], true);
    let refused = portal.admin().act(&adopted["account"], "reveal", &json!({})).await;
    assert!(text(&refused.problem(409, "conflict"), "detail").contains("confirmed"));
    portal.sandbox.0.come_back().await;
    let reset = portal.admin().act(&adopted["account"], "reset", &json!({})).await.expect(200);
    assert!(portal.sandbox.accepts(STRANGER, reset["credentials"]["password"].as_str().unwrap()).await);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_given_a_password_is_not_adopted(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["http"]["list"] = listing_service(SANDBOX, "")["http"]["list"].clone();
    portal.register(&table).await;
    portal.sandbox.create(STRANGER, "the stranger's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let refused = decide(&portal, &entry, "adopt").await.problem(409, "conflict");
    assert!(text(&refused, "detail").contains("does not say how to set a password"), "{refused}");
    assert!(portal.sandbox.accepts(STRANGER, "the stranger's").await);
    assert_eq!(portal.admin().get(DRIFT).await.items(), [entry], "it can still be decided on");
}

#[rstest]
#[tokio::test]
async fn what_is_missing_is_created_again_under_its_name(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let account = lasting_account(&portal).await;
    let username = text(&account, "username");
    portal.sandbox.delete(username).await;
    let entry = entry_after_two_sweeps(&portal).await;
    assert_eq!((&entry["kind"], &entry["account"]), (&json!("missing"), &account["id"]));
    let adopted = decide(&portal, &entry, "adopt").await.expect(200);
    assert_eq!(adopted["account"], account["id"]);
    let reveal = portal.tester().act(&account["id"], "reveal", &json!({})).await.expect(200);
    assert!(portal.sandbox.accepts(username, text(&reveal, "password")).await);
    assert_ne!(reveal["password"], account["credentials"]["password"]);
    assert_eq!(sweep(&portal).await["missing"], json!([]));
    let mut actions = portal.tester().actions_of(&account["id"]).await;
    actions.retain(|action| action.starts_with("drift") || action.contains("reset"));
    assert_eq!(actions, ["drift_found", "drift_adopted", "account_reset", "enrollment_reset"]);
}

#[rstest]
#[tokio::test]
async fn what_ended_here_does_not_come_back_to_life(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    come_back(&portal).await;
    swept_by_itself(&portal).await;
    swept_by_itself(&portal).await;
    let entry = portal.admin().get(DRIFT).await.items().remove(0);
    let refused = decide(&portal, &entry, "adopt").await.problem(409, "conflict");
    assert!(text(&refused, "detail").contains("Delete it"), "{refused}");
}

#[rstest]
#[tokio::test]
async fn is_for_admins_and_happens_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create(STRANGER, "the stranger's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let path = format!("{DRIFT}/{}/adopt", text(&entry, "id"));
    portal.manager().order(&path).await.problem(403, "forbidden");
    let narrowed = portal.narrowed(Who::Admin, &["services:write"]).await;
    narrowed.order(&path).await.problem(403, "forbidden");
    let nobody = format!("{DRIFT}/{}/adopt", text(&lasting_account(&portal).await, "id"));
    portal.admin().order(&nobody).await.problem(404, "not_found");
    let adopt = || portal.admin().call(http::Method::POST, &path).key("once").send();
    let first = adopt().await.expect(200);
    assert_eq!(adopt().await.expect(200), first);
    assert_eq!(portal.events("action=drift_adopted").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_quota_holds_for_what_is_adopted_too(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let mut table = listing_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&table).await;
    portal.admin().new_account().await;
    portal.sandbox.create(STRANGER, "the stranger's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    decide(&portal, &entry, "adopt").await.problem(429, "quota_exceeded");
    assert!(portal.sandbox.accepts(STRANGER, "the stranger's").await);
    // Other terms change nothing about what was found.
    portal.register(&listing_service(SANDBOX, &portal.sandbox.0.url())).await;
    decide(&portal, &entry, "adopt").await.expect(200);
}
