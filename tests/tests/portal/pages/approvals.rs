//! `/approvals`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, field_names,
};

const PAGE: &str = "/approvals";
const APPROVE: &str = "/actions/approve_account";
const APPROVE_BATCH: &str = "/actions/approve_batch";
const DENY_BATCH: &str = "/actions/deny_batch";
const DENY: &str = "/actions/deny_account";

#[rstest]
#[tokio::test]
async fn a_manager_sees_what_waits_and_decides_in_place(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let manager = portal.signed_in(Who::Manager).await;
    assert!(manager.open(PAGE).await.text.contains("Nobody is waiting"));
    let wanted = json!({
        "services": [SANDBOX], "purpose": "See who decides", "ticket": "SHOP-9", "ttl": "3h", "run": "run-1",
    });
    let tester = portal.tester();
    let ids = [
        tester.post("/api/v1/accounts", &wanted).await.expect(202)["id"].clone(),
        tester.post("/api/v1/accounts", &wanted).await.expect(202)["id"].clone(),
    ];
    let [first, second] = ids.each_ref().map(|id| id.as_str().unwrap());
    let page = manager.open(PAGE).await;
    for shown in ["See who decides", "SHOP-9", "lease 3h", "run-1", SANDBOX, "tester CI"] {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert_eq!(field_names(&page.text, APPROVE), ["account", "then"]);

    let refused =
        manager.submit_and_follow(DENY, &[("account", first), ("then", PAGE), ("reason", "")]).await;
    assert!(refused.text.contains("<h1>Approvals"));
    assert!(refused.text.contains(&format!("id=\"reason-{first}-error\"")));
    assert!(!refused.text.contains(&format!("id=\"reason-{second}-error\"")));
    let denied =
        manager.submit_and_follow(DENY, &[("account", first), ("then", PAGE), ("reason", "twice")]).await;
    assert!(denied.text.contains("is denied") && !denied.text.contains(&format!("reason-{first}")));
    let approved = manager.submit_and_follow(APPROVE, &[("account", second), ("then", PAGE)]).await;
    assert!(approved.text.contains("is approved") && approved.text.contains("Nobody is waiting"));
    tester.account_once("active", &ids[1]).await;
    let late = manager.submit_and_follow(APPROVE, &[("account", second), ("then", PAGE)]).await;
    assert!(late.text.contains("Not possible as things stand"), "somebody was faster");
}

#[rstest]
#[tokio::test]
async fn ones_own_request_is_for_another_manager(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    portal.manager().post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.expect(202);
    let page = portal.signed_in(Who::Manager).await.open(PAGE).await;
    assert!(page.text.contains("another manager has to decide"));
    assert!(field_names(&page.text, APPROVE).is_empty() && field_names(&page.text, DENY).is_empty());
    let page = portal.signed_in(Who::Admin).await.open(PAGE).await;
    assert_eq!(field_names(&page.text, APPROVE), ["account", "then"]);
}

#[tokio::test]
async fn the_navigation_leads_there_whom_it_concerns() {
    let portal = TestPortal::start(Sqlite).await;
    for (who, shown) in [(Who::Tester, false), (Who::Manager, true), (Who::Admin, true)] {
        let page = portal.signed_in(who).await.open("/accounts").await;
        assert_eq!(page.text.contains("href=\"/approvals\""), shown, "{who:?}");
        assert!(page.text.contains("href=\"/batches\"") && page.text.contains("href=\"/debt\""));
    }
}

#[rstest]
#[tokio::test]
async fn a_batch_is_decided_on_as_one(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let wanted = json!({ "services": [SANDBOX], "count": 3, "purpose": "Load test", "ticket": "SHOP-9" });
    let request = async || portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    let batch = request().await;
    let id = batch["id"].as_str().unwrap();
    let manager = portal.signed_in(Who::Manager).await;
    let page = manager.open(PAGE).await;
    for shown in ["3 accounts", "Approve all 3", "Load test", "SHOP-9", &format!("/batches/{id}")] {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert!(field_names(&page.text, APPROVE).is_empty(), "there is one card for all of them");
    assert_eq!(field_names(&page.text, APPROVE_BATCH), ["batch", "then"]);
    let tester = portal.signed_in(Who::Tester).await.open(&format!("/batches/{id}")).await;
    assert!(
        tester.text.contains("3 wait for a manager") && field_names(&tester.text, APPROVE_BATCH).is_empty()
    );

    let refused = manager.submit_and_follow(DENY_BATCH, &[("batch", id), ("then", PAGE)]).await;
    assert!(refused.text.contains(&format!("id=\"reason-{id}-error\"")));
    let approved = manager.submit_and_follow(APPROVE_BATCH, &[("batch", id), ("then", PAGE)]).await;
    assert!(approved.text.contains("are approved") && approved.text.contains("Nobody is waiting"));
    assert_eq!(portal.tester().batch_once_finished(&batch["id"]).await["done"], 3);

    let other = request().await;
    let other = other["id"].as_str().unwrap();
    let denied =
        manager.submit_and_follow(DENY_BATCH, &[("batch", other), ("reason", "three will do")]).await;
    assert!(denied.text.contains("are denied") && denied.text.contains("3 failed"));
}
