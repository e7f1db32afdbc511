//! The portal stops and starts again: the rows are all that it needs.

use std::time::Duration;

use http::Method;
use rstest::rstest;
use server::world::{Clock, SystemClock};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, eventually,
};

#[rstest]
#[tokio::test]
async fn between_request_and_revocation_it_loses_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let issued = portal.tester().new_account().await;
    let before = portal.tester().account(&issued["id"]).await;
    portal.restart().await;
    assert_eq!(portal.tester().account(&issued["id"]).await, before);
    let path = format!("/api/v1/accounts/{}", issued["id"].as_str().unwrap());
    let credentials = portal.tester().order(&format!("{path}/reveal")).await.expect(200);
    assert_eq!(credentials, issued["credentials"]);
    assert_eq!(portal.tester().delete(&path).await.expect(200)["state"], "revoked");
    assert!(portal.sandbox.usernames().await.is_empty());
    portal.seal().await;
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], true);
}

#[rstest]
#[tokio::test]
async fn an_account_that_was_asked_for_is_created_after_it(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    portal.sandbox.0.go_down();
    let id = portal.tester().new_account_later(SANDBOX).await["id"].clone();
    portal.stop().await;
    portal.sandbox.0.come_back().await;
    portal.start_again().await;
    let account = portal.tester().account_once("active", &id).await;
    assert_eq!(portal.sandbox.usernames().await, [account["username"].as_str().unwrap()]);
}

#[rstest]
#[tokio::test]
async fn a_removal_that_was_asked_for_is_done_after_it(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.sandbox.0.go_down();
    portal.tester().revoke_later(&id).await;
    portal.stop().await;
    portal.sandbox.0.come_back().await;
    portal.start_again().await;
    portal.tester().account_once("revoked", &id).await;
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn the_work_of_a_process_that_died_is_taken_over(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    portal.sandbox.0.go_down();
    let id = portal.tester().new_account_later(SANDBOX).await["id"].clone();
    portal.stop().await;
    // As if it had died in the middle of a call, which its service carried out.
    let claim =
        "UPDATE enrollments SET state = 'creating', attempts = 1, claim = claim + 1, claimed_until = ";
    let in_two_minutes = SystemClock::default().now().plus_millis(120_000).as_millis();
    assert_eq!(portal.raw().await.execute(&format!("{claim}{in_two_minutes}")).await.unwrap(), 1);
    portal.sandbox.0.come_back().await;
    portal.start_again().await;
    // Other work goes on beside it.
    portal.tester().new_account().await;
    if database == Postgres {
        // Another process may still have it in hand; a SQLite file has no other.
        assert_eq!(portal.tester().account(&id).await["state"], "provisioning");
        portal.clock.advance(Duration::from_secs(121));
    }
    portal.tester().account_once("active", &id).await;
}

#[rstest]
#[tokio::test]
async fn a_lease_that_ran_out_meanwhile_ends_after_it(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.stop().await;
    portal.clock.advance(Duration::from_secs(3_601));
    portal.start_again().await;
    assert_eq!(portal.tester().account_once("revoked", &id).await["end_reason"], "expired");
}

#[rstest]
#[tokio::test]
async fn who_was_signed_in_still_is(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    portal.restart().await;
    let same_browser = portal.anonymous().call(Method::GET, "/accounts");
    assert_eq!(same_browser.header("cookie", &browser.cookie().unwrap()).send().await.status, 200);
}

#[rstest]
#[tokio::test]
async fn old_links_and_tokens_of_runs_are_forgotten_at_last(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    portal.admin().order("/api/v1/people/tester/invitation").await.expect(201);
    portal.issue_token(Who::Tester, &[], "1h").await;
    let raw = portal.raw().await;
    let all = raw.column("SELECT CAST(count(*) AS TEXT) FROM tokens").await;
    raw.execute("UPDATE tokens SET run = 'r' WHERE name = 'tester CI'").await.unwrap();
    portal.clock.advance(Duration::from_secs(40 * 24 * 3_600));
    portal.restart().await;
    let raw = portal.raw().await;
    eventually("they are forgotten", async || {
        let links = raw.column("SELECT code_hash FROM invitations").await;
        let runs = raw.column("SELECT name FROM tokens WHERE run IS NOT NULL").await;
        (links.is_empty() && runs.is_empty()).then_some(())
    })
    .await;
    let left = raw.column("SELECT name FROM tokens ORDER BY name").await;
    assert_eq!((all, left.len()), (vec!["5".to_owned()], 3), "those of people stay");
}
