//! `POST /api/v1/people/{login}/invitation`

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

const INVITATION: &str = "/api/v1/people/tester/invitation";

async fn link(portal: &TestPortal) -> String {
    portal.admin().order(INVITATION).await.expect(201)["path"].as_str().unwrap().to_owned()
}

fn code(link: &str) -> &str {
    link.split_once("code=").unwrap().1
}

#[rstest]
#[tokio::test]
async fn a_link_is_good_once_and_ends_the_sessions(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let before = portal.signed_in(Who::Tester).await;
    let link = link(&portal).await;
    let browser = portal.browser();
    let form = browser.open(&link).await;
    assert!(form.status == 200 && form.text.contains("Choose a password for tester"));
    let accept = |password| [("code", code(&link)), ("password", password)];
    for weak in ["1234", "password1"] {
        let refused = browser.submit("/actions/accept_invitation", &accept(weak)).await;
        let page = browser.open(refused.header("location")).await;
        assert!(page.text.contains("Must have at least 8 characters, and not be one that many"), "{weak}");
    }
    let accepted = browser.submit("/actions/accept_invitation", &accept("four words and more")).await;
    assert_eq!((accepted.status, accepted.header("location")), (303, "/accounts"));
    assert!(browser.open("/accounts").await.text.contains("Signed in as tester"));
    assert_eq!(before.open("/accounts").await.status, 303, "who had signed in is out");
    assert_eq!(portal.browser().open(&link).await.status, 404);
    let again = portal.browser().script("/actions/accept_invitation", &accept("another one")).await;
    again.problem(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn a_link_is_worthless_once_it_is_old_or_replaced_or_its_owner_disabled(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let replaced = link(&portal).await;
    let newer = link(&portal).await;
    assert_eq!(portal.browser().open(&replaced).await.status, 404);
    assert_eq!(portal.browser().open(&newer).await.status, 200);
    portal.admin().patch("/api/v1/people/tester", &json!({ "disabled": true })).await.expect(200);
    assert_eq!(portal.browser().open(&newer).await.status, 404);
    portal.admin().order(INVITATION).await.problem(409, "conflict");
    portal.admin().patch("/api/v1/people/tester", &json!({ "disabled": false })).await.expect(200);
    let old = link(&portal).await;
    portal.clock.advance(Duration::from_secs(3 * 24 * 3_600 + 1));
    assert_eq!(portal.browser().open(&old).await.status, 404);
}
