//! `/drift`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, field_names, full_service,
};

const PAGE: &str = "/drift";
const SWEEP: &str = "/actions/sweep_service";
const ADOPT: &str = "/actions/adopt_drift";
const DELETE: &str = "/actions/delete_drift";
const IGNORE: &str = "/actions/ignore_drift";

async fn entry(portal: &TestPortal) -> String {
    let entry = portal.admin().get("/api/v1/drift").await.items().remove(0);
    entry["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_stranger_is_found_in_two_sweeps_and_adopted(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    assert!(page.text.contains("Nothing differs") && page.text.contains("Not yet"));
    assert_eq!(field_names(&page.text, SWEEP), ["service"]);
    portal.sandbox.create("test_stranger", "secret").await;
    let once = admin.submit_and_follow(SWEEP, &[("service", SANDBOX)]).await;
    assert!(once.text.contains("one thing differs") && once.text.contains("Nothing differs"));
    let twice = admin.submit_and_follow(SWEEP, &[("service", SANDBOX)]).await;
    for shown in ["test_stranger", "nobody ever held it here", "in 2 sweeps", "just now"] {
        assert!(twice.text.contains(shown), "{shown}");
    }
    assert!(!twice.text.contains("Not yet"));
    assert_eq!(field_names(&twice.text, ADOPT), ["drift"]);
    assert!(field_names(&twice.text, DELETE).is_empty(), "a stranger's is never deleted");

    let page = admin.submit_and_follow(ADOPT, &[("drift", &entry(&portal).await)]).await;
    assert!(page.text.contains("made right here") && page.text.contains("Nothing differs"));
    let account = portal.admin().get("/api/v1/accounts?q=test_stranger").await.items().remove(0);
    let at = format!("/accounts/{}", account["id"].as_str().unwrap());
    assert!(page.text.contains(&at));
    assert!(admin.open(&at).await.text.contains("admin adopted test_stranger"));
}

#[rstest]
#[tokio::test]
async fn what_is_missing_is_given_up_and_what_may_stay_is_ignored(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let account = portal.tester().new_account().await;
    portal.sandbox.delete(account["username"].as_str().unwrap()).await;
    for _ in 0..2 {
        admin.submit(SWEEP, &[("service", SANDBOX)]).await;
    }
    let page = admin.open(PAGE).await;
    assert!(page.text.contains("the service does not have it"));
    assert_eq!(
        (field_names(&page.text, ADOPT), field_names(&page.text, DELETE)),
        (vec!["drift".to_owned()], vec!["drift".to_owned()])
    );
    let id = entry(&portal).await;
    let page = admin.submit_and_follow(DELETE, &[("drift", &id)]).await;
    assert!(page.text.contains("is gone, or will be") && page.text.contains("Nothing differs"));
    assert_eq!(portal.tester().account(&account["id"]).await["state"], "revoked");
    let late = admin.submit_and_follow(DELETE, &[("drift", &id)]).await;
    assert!(late.text.contains("Not possible as things stand"), "somebody was faster");

    portal.sandbox.create("test_stranger", "secret").await;
    for _ in 0..2 {
        admin.submit(SWEEP, &[("service", SANDBOX)]).await;
    }
    let page = admin.submit_and_follow(IGNORE, &[("drift", &entry(&portal).await)]).await;
    assert!(page.text.contains("test_stranger is left as it is") && page.text.contains("Nothing differs"));
}

#[rstest]
#[tokio::test]
async fn managers_look_and_testers_do_not(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create("test_stranger", "secret").await;
    for _ in 0..2 {
        portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200);
    }
    let manager = portal.signed_in(Who::Manager).await;
    let page = manager.open(&format!("{PAGE}?service={SANDBOX}")).await;
    assert!(page.text.contains("test_stranger"));
    for action in [ADOPT, DELETE, IGNORE, SWEEP] {
        assert!(field_names(&page.text, action).is_empty(), "{action}");
    }
    assert_eq!(manager.open(&format!("{PAGE}?service=No+slug")).await.status, 422);
    let tester = portal.signed_in(Who::Tester).await;
    assert_eq!(tester.open(PAGE).await.status, 403);
    for (browser, shown) in [(&tester, false), (&manager, true)] {
        assert_eq!(browser.open("/accounts").await.text.contains("href=\"/drift\""), shown);
    }
}

#[rstest]
#[tokio::test]
async fn a_sweep_that_fails_says_why(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_listing(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    portal.sandbox.0.go_down();
    let page = admin.submit_and_follow(SWEEP, &[("service", SANDBOX)]).await;
    assert!(page.text.contains("The service is not available") && page.text.contains("did not succeed"));
    portal.register(&full_service(SANDBOX, &portal.sandbox.0.url())).await;
    assert!(admin.open(PAGE).await.text.contains("No service can be swept"));
}
