//! The wall clock jumps, though no time has passed.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, eventually,
};

const TWO_DAYS: i64 = 2 * 86_400;

/// Expiry is looked at every half second.
const A_FEW_LOOKS: Duration = Duration::from_millis(1_500);

async fn pauses(portal: &TestPortal) -> Vec<Value> {
    portal.events("action=expiry_paused").await.iter().map(|event| event["details"].clone()).collect()
}

async fn shown_pause(portal: &TestPortal) -> Value {
    portal.tester().get("/api/v1/expiry").await.expect(200)["paused"].clone()
}

/// Waits until the pause after a jump by so much is on record.
async fn paused_by(portal: &TestPortal, jump: i64) {
    let what = format!("a jump by {jump} s was seen");
    eventually(&what, async || {
        let by = pauses(portal).await.last()?["jumped_by_secs"].as_i64()?;
        ((by - jump).abs() < 60).then_some(())
    })
    .await;
    assert!((shown_pause(portal).await["jumped_by_secs"].as_i64().unwrap() - jump).abs() < 60);
}

#[rstest]
#[tokio::test]
async fn a_clock_that_jumps_ahead_and_back_takes_nothing_away(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(portal.tester().new_account().await["id"].clone());
    }
    for (nth, jump) in [TWO_DAYS, -TWO_DAYS].into_iter().enumerate() {
        portal.clock.jump_secs(jump);
        paused_by(&portal, jump).await;
        tokio::time::sleep(A_FEW_LOOKS).await;
        assert_eq!(pauses(&portal).await.len(), nth + 1, "each jump is seen once");
        for id in &ids {
            assert_eq!(portal.tester().account(id).await["state"], "active");
        }
    }
    assert!(portal.events("action=account_revoking").await.is_empty());
    assert_eq!(portal.sandbox.usernames().await.len(), 5);
    // Ten minutes later leases end again: those which have run out.
    portal.clock.advance(Duration::from_secs(601));
    eventually("leases end again", async || portal.events("action=expiry_resumed").await.first().map(|_| ()))
        .await;
    assert!(shown_pause(&portal).await.is_null());
    tokio::time::sleep(A_FEW_LOOKS).await;
    assert_eq!(portal.tester().account(&ids[0]).await["state"], "active", "its lease goes on");
    portal.clock.advance(Duration::from_secs(3_000));
    for id in &ids {
        assert_eq!(portal.tester().account_once("revoked", id).await["end_reason"], "expired");
    }
}

#[rstest]
#[tokio::test]
async fn a_clock_that_stays_ahead_ends_leases_after_ten_minutes_or_when_an_admin_says_so(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let first = portal.tester().new_account().await["id"].clone();
    portal.clock.jump_secs(TWO_DAYS);
    paused_by(&portal, TWO_DAYS).await;
    tokio::time::sleep(A_FEW_LOOKS).await;
    assert_eq!(portal.tester().account(&first).await["state"], "active");
    portal.clock.advance(Duration::from_secs(601));
    portal.tester().account_once("revoked", &first).await;

    let second = portal.tester().new_account().await["id"].clone();
    portal.clock.jump_secs(TWO_DAYS / 2);
    paused_by(&portal, TWO_DAYS / 2).await;
    portal.admin().order("/api/v1/expiry/resume").await.expect(200);
    portal.tester().account_once("revoked", &second).await;
}

#[rstest]
#[tokio::test]
async fn what_was_put_off_is_not_put_off_for_days_by_a_clock_set_back(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    portal.sandbox.0.go_down();
    let id = portal.tester().new_account_later(SANDBOX).await["id"].clone();
    let waiting = async |least: u64| {
        let what = format!("the creation was attempted {least} times");
        eventually(&what, async || {
            let account = portal.tester().account(&id).await;
            let enrollment = &account["services"][0];
            (enrollment["attempts"].as_u64() >= Some(least) && enrollment["last_error"].is_string())
                .then_some(())
        })
        .await;
    };
    waiting(1).await;
    portal.clock.jump_secs(-TWO_DAYS);
    paused_by(&portal, -TWO_DAYS).await;
    portal.clock.advance(Duration::from_secs(900));
    waiting(2).await;
    portal.sandbox.0.come_back().await;
    portal.clock.advance(Duration::from_secs(900));
    portal.tester().account_once("active", &id).await;
}

#[rstest]
#[tokio::test]
async fn a_machine_that_was_off_ends_at_once_what_has_run_out(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    let (left, kept) = (portal.tester().new_account().await, portal.tester().new_account().await);
    let renew = format!("/api/v1/accounts/{}/renew", kept["id"].as_str().unwrap());
    portal.tester().post(&renew, &json!({ "ttl": "5d" })).await.expect(200);
    portal.stop().await;
    portal.clock.advance(Duration::from_secs(TWO_DAYS.unsigned_abs()));
    portal.start_again().await;
    assert_eq!(portal.tester().account_once("revoked", &left["id"]).await["end_reason"], "expired");
    assert_eq!(portal.tester().account(&kept["id"]).await["state"], "active");
    assert_eq!(pauses(&portal).await, Vec::<Value>::new(), "time has really passed");
}

#[rstest]
#[tokio::test]
async fn a_clock_that_was_put_right_while_the_machine_was_off_pauses_nothing_for_days(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    portal.clock.jump_secs(TWO_DAYS);
    paused_by(&portal, TWO_DAYS).await;
    portal.stop().await;
    portal.clock.jump_secs(-TWO_DAYS);
    portal.clock.advance(Duration::from_secs(3_600));
    portal.start_again().await;
    assert_eq!(portal.tester().account_once("revoked", &id).await["end_reason"], "expired");
}
