//! `GET /api/v1/accounts/{id}/holders`

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

#[rstest]
#[tokio::test]
async fn tells_who_had_the_account_and_when(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}/holders", account["id"].as_str().unwrap());
    portal.clock.advance(Duration::from_secs(600));
    let to = json!({ "to": Who::SecondTester.login() });
    portal.tester().act(&account["id"], "hand-over", &to).await.expect(200);
    let holders = portal.second_tester().get(&path).await.items();
    assert_eq!(holders.len(), 2);
    assert_eq!((&holders[0]["holder"], &holders[0]["from"]), (&json!("tester"), &account["active_at"]));
    assert_eq!(holders[0]["until"], holders[1]["from"]);
    assert_eq!((&holders[1]["holder"], &holders[1]["until"]), (&json!("second-tester"), &json!(null)));
    // Whoever answers for it sees it on the page of the audit, for a day too.
    let manager = portal.signed_in(Who::Manager).await;
    let username = account["username"].as_str().unwrap();
    let today = &account["active_at"].as_str().unwrap()[..10];
    let page = manager.open(&format!("/audit?account={username}&on={today}")).await;
    assert!(page.text.contains(&format!("Who had {username} on {today} (UTC)")), "{}", page.text);
    assert!(page.text.contains("holds it still"));
    let before = manager.open(&format!("/audit?account={username}&on=2020-02-29")).await;
    assert!(before.text.contains("Nobody had it then."));
}
