//! Leases run out.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

#[rstest]
#[tokio::test]
async fn an_account_does_not_outlive_its_lease_unless_it_was_renewed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let (left, kept) = (portal.tester().new_account().await, portal.tester().new_account().await);
    let renew = format!("/api/v1/accounts/{}/renew", kept["id"].as_str().unwrap());
    portal.tester().post(&renew, &json!({ "ttl": "3h" })).await.expect(200);

    portal.clock.advance(Duration::from_secs(3_601));
    let expired = portal.tester().account_once("revoked", &left["id"]).await;
    assert_eq!(expired["end_reason"], "expired");
    let revoking =
        portal.events(&format!("action=account_revoking&account={}", left["id"].as_str().unwrap())).await;
    assert_eq!(
        (&revoking[0]["actor"]["kind"], &revoking[0]["details"]["reason"]),
        (&json!("system"), &json!("expired"))
    );
    assert_eq!(portal.tester().account(&kept["id"]).await["state"], "active");
    assert_eq!(portal.sandbox.usernames().await, [kept["username"].as_str().unwrap()]);

    portal.clock.advance(Duration::from_secs(7_200));
    portal.tester().account_once("revoked", &kept["id"]).await;
    assert!(portal.sandbox.usernames().await.is_empty());
}
