//! What can be done on `/accounts/{id}` beyond renewing and revoking.

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, TestPortal, Who, field_names, field_value,
};

use super::page_of;

const RESET: &str = "/actions/reset_account";
const HAND_OVER: &str = "/actions/hand_over_account";
const FREEZE: &str = "/actions/freeze_account";
const UNFREEZE: &str = "/actions/unfreeze_account";
const REVOKE: &str = "/actions/revoke_account";
const APPROVE: &str = "/actions/approve_account";
const DENY: &str = "/actions/deny_account";
const RETRY: &str = "/actions/retry_removal";

const CALL_OFF: &str = "/actions/call_off_hand_over";
const DOWN: &str = "as not answered since";

fn id(account: &Value) -> &str {
    account["id"].as_str().unwrap()
}

/// A portal on which a manager has to agree, and a request of the tester's.
async fn portal_and_request(database: Database) -> (TestPortal, Value) {
    let portal = TestPortal::start_guarded(database).await;
    let wanted = json!({ "services": [SANDBOX], "purpose": "See who decides", "ticket": "SHOP-9" });
    let request = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    (portal, request)
}

#[rstest]
#[tokio::test]
async fn a_new_password_is_set_on_every_service(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    assert_eq!(field_names(&browser.open(&page_of(&account)).await.text, RESET), ["account"]);
    let page = browser.submit_and_follow(RESET, &[("account", id(&account))]).await;
    assert!(page.text.contains("Every service has the new password"));
    assert!(page.text.contains("tester asked for a new password"));
    let old = account["credentials"]["password"].as_str().unwrap();
    assert!(!portal.sandbox.accepts(account["username"].as_str().unwrap(), old).await);
}

#[rstest]
#[tokio::test]
async fn an_account_is_handed_over_and_a_refusal_keeps_the_login(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    for (to, why) in [("", "empty"), ("tester", "holds the account already"), ("nobody", "is not the login")]
    {
        let refused = browser.submit_and_follow(HAND_OVER, &[("account", id(&account)), ("to", to)]).await;
        assert_eq!(field_value(&refused.text, "to").as_deref(), Some(to));
        assert!(refused.text.contains("id=\"to-error\"") && refused.text.contains(why), "{to:?}");
    }
    let to = Who::SecondTester.login();
    let page = browser.submit_and_follow(HAND_OVER, &[("account", id(&account)), ("to", to)]).await;
    assert!(page.text.contains("The account is second-tester’s now"));
    assert!(page.text.contains("tester began to hand the account over to second-tester"));
    assert!(page.text.contains("The account went from tester to second-tester"));
    assert!(field_names(&page.text, REVOKE).is_empty(), "it is no longer theirs to give back");
    let holder = portal.signed_in(Who::SecondTester).await;
    assert_eq!(field_names(&holder.open(&page_of(&account)).await.text, REVOKE), ["account"]);
}

#[rstest]
#[tokio::test]
async fn an_account_is_frozen_and_unfrozen_with_the_reason(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    let (username, password) =
        (account["username"].as_str().unwrap(), account["credentials"]["password"].as_str().unwrap());
    let browser = portal.signed_in(Who::Tester).await;
    let long = "x".repeat(501);
    let refused = browser.submit_and_follow(FREEZE, &[("account", id(&account)), ("reason", &long)]).await;
    assert_eq!(field_value(&refused.text, "reason"), Some(long));
    assert!(refused.text.contains("id=\"reason-error\""));
    let form = [("account", id(&account)), ("reason", "over the weekend")];
    let frozen = browser.submit_and_follow(FREEZE, &form).await;
    assert!(frozen.text.contains("The account is frozen on every service"));
    assert!(frozen.text.contains("over the weekend") && frozen.text.contains("Disabled by the service"));
    assert!(field_names(&frozen.text, RESET).is_empty() && field_names(&frozen.text, FREEZE).is_empty());
    assert!(!portal.sandbox.accepts(username, password).await);
    let unfrozen = browser.submit_and_follow(UNFREEZE, &[("account", id(&account))]).await;
    assert!(unfrozen.text.contains("The account can be used again on every service"));
    assert!(portal.sandbox.accepts(username, password).await);
}

#[tokio::test]
async fn freezing_is_offered_only_where_every_service_can_do_it() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    assert!(field_names(&browser.open(&page_of(&account)).await.text, FREEZE).is_empty());
    let refused = browser.submit_and_follow(FREEZE, &[("account", id(&account))]).await;
    assert!(refused.text.contains("cannot disable accounts"));
}

#[rstest]
#[tokio::test]
async fn a_request_waits_for_a_manager_and_can_be_taken_back(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, request) = portal_and_request(database).await;
    let tester = portal.signed_in(Who::Tester).await;
    let page = tester.open(&page_of(&request)).await;
    assert!(page.text.contains("Waits for a manager to decide, until "));
    assert!(field_names(&page.text, APPROVE).is_empty() && field_names(&page.text, DENY).is_empty());
    assert_eq!(field_names(&page.text, REVOKE), ["account"]);
    let page = tester.submit_and_follow(REVOKE, &[("account", id(&request))]).await;
    assert!(page.text.contains("The request was taken back"));
    assert_eq!(portal.tester().account(&request["id"]).await["state"], "withdrawn");
}

#[rstest]
#[tokio::test]
async fn a_manager_denies_in_place_and_says_why(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, request) = portal_and_request(database).await;
    let manager = portal.signed_in(Who::Manager).await;
    let page = manager.open(&page_of(&request)).await;
    assert_eq!(field_names(&page.text, APPROVE), ["account", "then"]);
    assert_eq!(field_names(&page.text, DENY), ["account", "then", "reason"]);
    let refused = manager.submit_and_follow(DENY, &[("account", id(&request)), ("reason", " ")]).await;
    assert!(refused.text.contains(&format!("id=\"reason-{}-error\"", id(&request))));
    let denied =
        manager.submit_and_follow(DENY, &[("account", id(&request)), ("reason", "no such sprint")]).await;
    assert!(
        denied.text.contains("is denied") && denied.text.contains("The request was denied: no such sprint.")
    );
    let tester = portal.signed_in(Who::Tester).await.open(&page_of(&request)).await;
    assert!(tester.text.contains("manager denied the request: no such sprint"));
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_removed_is_tried_again_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (account, service) = super::stuck_account(&portal).await;
    let enrollment = account["services"][0]["id"].as_str().unwrap();
    let browser = portal.signed_in(Who::Tester).await;
    let page = browser.open(&page_of(&account)).await;
    assert_eq!(field_names(&page.text, RETRY), ["enrollment", "then"]);
    assert!(page.text.contains("Not removed yet"));
    service.now(|call| Reply::status(if call.is_login() { 401 } else { 404 }));
    let fields = [("enrollment", enrollment), ("then", &page_of(&account))];
    let page = browser.submit_and_follow(RETRY, &fields).await;
    assert!(page.text.contains("Another attempt is being made now"));
    portal.tester().account_once("revoked", &account["id"]).await;
    let page = browser.submit_and_follow(RETRY, &fields).await;
    assert!(page.text.contains("cannot be removed"), "it is gone already");
}

#[rstest]
#[tokio::test]
async fn attempts_that_fail_in_a_row_are_one_entry(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (account, _service) = super::stuck_account(&portal).await;
    super::eventually_postponed(&portal, &account, 2).await;
    let page = portal.signed_in(Who::Tester).await.open(&page_of(&account)).await;
    assert!(page.text.contains("attempts on stuck did not succeed"));
    assert_eq!(page.text.matches("An attempt on stuck did not succeed").count(), 0);
}

#[tokio::test]
async fn an_empty_lease_says_what_is_wanted() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let browser = portal.signed_in(Who::Tester).await;
    let page = browser.submit_and_follow("/actions/renew_account", &[("account", id(&account))]).await;
    assert!(page.text.contains("Must say how long from now"), "the label above it is not said again");
}

#[tokio::test]
async fn each_deed_leads_to_sign_in_and_back_where_nobody_is_signed_in() {
    let portal = TestPortal::start_full(Sqlite).await;
    let account = portal.tester().new_account().await;
    for action in [RESET, HAND_OVER, FREEZE, UNFREEZE, APPROVE, DENY] {
        let fields = [("account", id(&account)), ("to", "second-tester"), ("reason", "r")];
        let sent = portal.browser().submit(action, &fields).await;
        let expected = format!("/sign-in?then=%2Faccounts%2F{}", id(&account));
        assert_eq!((sent.status, sent.header("location")), (303, expected.as_str()), "{action}");
    }
    assert_eq!(portal.tester().account(&account["id"]).await["state"], "active");
}

#[rstest]
#[tokio::test]
async fn who_holds_what_a_manager_froze_is_told_whom_to_ask(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    portal.manager().act(&account["id"], "freeze", &json!({})).await.expect(200);
    let page = portal.signed_in(Who::Tester).await.open(&page_of(&account)).await;
    assert!(page.text.contains("manager froze the account") && field_names(&page.text, UNFREEZE).is_empty());
    let page = portal.signed_in(Who::Manager).await.open(&page_of(&account)).await;
    assert_eq!(field_names(&page.text, UNFREEZE), ["account", "reason"]);
    assert!(field_names(&page.text, FREEZE).is_empty(), "it is a manager's already");
}

#[tokio::test]
async fn a_manager_may_freeze_what_its_holder_froze() {
    let portal = TestPortal::start_full(Sqlite).await;
    let account = portal.tester().new_account().await;
    portal.tester().act(&account["id"], "freeze", &json!({})).await.expect(200);
    let manager = portal.signed_in(Who::Manager).await;
    assert_eq!(field_names(&manager.open(&page_of(&account)).await.text, FREEZE), ["account", "reason"]);
    manager.submit_and_follow(FREEZE, &[("account", id(&account)), ("reason", "under review")]).await;
    assert_eq!(portal.tester().account(&account["id"]).await["frozen_by"], "manager");
}

#[rstest]
#[tokio::test]
async fn what_waits_for_a_service_that_is_down_says_so(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    let batch = json!({ "services": [SANDBOX], "count": 5 });
    let batch = portal.tester().post("/api/v1/accounts", &batch).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    let browser = portal.signed_in(Who::Tester).await;
    assert!(!browser.open("/services").await.text.contains(DOWN));
    portal.sandbox.0.go_down();
    let cleanup = portal.tester().post("/api/v1/cleanups", &json!({ "service": SANDBOX })).await;
    let cleanup = cleanup.expect(202);
    let path = format!("/api/v1/services/{SANDBOX}");
    let is_down =
        async || portal.tester().get(&path).await.expect(200)["down_since"].is_string().then_some(());
    tests::eventually("the service is found to be down", is_down).await;
    for page in ["/services", "/accounts/new", &page_of(&account)] {
        assert!(browser.open(page).await.text.contains(DOWN), "{page}");
    }
    let metrics = portal.anonymous().get("/metrics").await;
    assert!(metrics.text.contains(&format!("understudy_service_up{{service=\"{SANDBOX}\"}} 0")));

    portal.sandbox.0.come_back().await;
    portal.tester().batch_once_finished(&cleanup["id"]).await;
    assert!(portal.tester().get(&path).await.expect(200).get("down_since").is_none());
    assert!(!browser.open("/services").await.text.contains(DOWN));
}

#[rstest]
#[tokio::test]
async fn a_hand_over_under_way_can_be_called_off(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_full(database).await;
    let account = portal.tester().new_account().await;
    portal.sandbox.0.go_down();
    let call = portal.tester().call(http::Method::POST, &format!("/api/v1{}/hand-over", page_of(&account)));
    let call = call.json(&json!({ "to": "second-tester" })).header("prefer", "respond-async");
    call.send().await.expect(202);
    let browser = portal.signed_in(Who::Tester).await;
    let page = browser.open(&page_of(&account)).await;
    assert!(page.text.contains("its password is changing") && !page.text.contains("/actions/reveal_account"));
    assert!(field_names(&page.text, HAND_OVER).is_empty());
    assert_eq!(field_names(&page.text, CALL_OFF), ["account"]);
    portal.sandbox.0.come_back().await;
    let page = browser.submit_and_follow(CALL_OFF, &[("account", id(&account))]).await;
    assert!(
        page.text.contains("The hand-over is called off") && page.text.contains("called the hand-over off")
    );
    assert!(field_names(&page.text, CALL_OFF).is_empty());
    assert_eq!(portal.tester().account(&account["id"]).await["holder"], "tester");
    let late = browser.submit_and_follow(CALL_OFF, &[("account", id(&account))]).await;
    assert!(late.text.contains("Not possible as things stand"), "a page that was left open changes nothing");
}
