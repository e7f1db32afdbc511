//! A service is down for a whole day.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, eventually,
};

/// A removal is never put off for longer.
const RETRY_INTERVAL: Duration = Duration::from_secs(900);

#[rstest]
#[tokio::test]
async fn what_a_service_owes_after_a_day_is_gone_as_soon_as_it_is_back(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    let other = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("other", &other).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(portal.tester().new_account().await["id"].clone());
    }
    portal.sandbox.0.go_down();
    for id in &ids {
        portal.tester().revoke_later(id).await;
    }
    for quarter in 0..4 {
        let before = attempts(&portal).await;
        portal.clock.advance(Duration::from_secs(6 * 3_600));
        eventually("it is tried again", async || (attempts(&portal).await > before).then_some(())).await;
        for id in &ids {
            assert_eq!(portal.tester().account(id).await["state"], "revoking", "quarter {quarter}");
        }
        // Beside it everything goes on.
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["other"] })).await.expect(201);
    }
    let debts = debts(&portal).await;
    assert_eq!(debts.len(), ids.len());
    for debt in &debts {
        let why = debt["reason"].as_str().unwrap();
        assert!(why.contains("DELETE /delete_account/") && why.contains("could not be sent"), "{why}");
        assert!(ids.contains(&debt["account"]) && debt["next_attempt_at"].is_string(), "{debt}");
    }
    assert_eq!(portal.events(&format!("action=service_down&service={SANDBOX}")).await.len(), 1);

    // It is looked at every few seconds whether it answers again: no time has
    // to pass for that, let alone the whole interval.
    portal.sandbox.0.come_back().await;
    for id in &ids {
        portal.tester().account_once("revoked", id).await;
    }
    assert!(portal.sandbox.usernames().await.is_empty());
    assert_eq!(self::debts(&portal).await, Vec::<Value>::new());
    assert_eq!(portal.events(&format!("action=service_up&service={SANDBOX}")).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn what_is_owed_is_never_put_off_for_longer_than_a_quarter_hour(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("moody", &service).await;
    let id = portal.tester().new_account_later("moody").await["id"].clone();
    portal.tester().account_once("active", &id).await;
    // It answers, so it does not count as down.
    service.now(|_| Reply::status(500));
    portal.tester().revoke_later(&id).await;
    // On record are attempts whose next one is settled.
    let attempts = async || portal.events("action=enrollment_postponed&service=moody").await.len();
    for _ in 0..20 {
        let before = attempts().await;
        portal.clock.advance(RETRY_INTERVAL);
        eventually("it is tried within the interval", async || (attempts().await > before).then_some(()))
            .await;
    }
    assert_eq!(portal.tester().account(&id).await["state"], "revoking");
    service.now(|_| Reply::status(404));
    portal.clock.advance(RETRY_INTERVAL);
    portal.tester().account_once("revoked", &id).await;
}

async fn debts(portal: &TestPortal) -> Vec<Value> {
    portal.tester().get(&format!("/api/v1/debt?service={SANDBOX}")).await.items()
}

async fn attempts(portal: &TestPortal) -> u64 {
    debts(portal).await.iter().map(|debt| debt["attempts"].as_u64().unwrap()).sum()
}
