//! `/sign-in`, and leaving again.

use std::time::Duration;

use http::Method;
use rstest::rstest;
use tests::{
    Answer, Browser,
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, field_names, field_value,
};

async fn sign_in(browser: &Browser, login: &str, password: &str, then: &str) -> Answer {
    browser.submit("/actions/sign_in", &[("login", login), ("password", password), ("then", then)]).await
}

#[rstest]
#[tokio::test]
async fn the_right_password_opens_the_portal(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.browser();
    let form = browser.open("/sign-in").await;
    assert_eq!(field_names(&form.text, "/actions/sign_in"), ["then", "login", "password"]);
    let answer = sign_in(&browser, " tester ", Who::Tester.password(), "").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/accounts"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let accounts = browser.open("/accounts").await;
    assert_eq!(accounts.status, 200);
    assert!(accounts.text.contains("Signed in as tester"));
    assert_eq!(browser.open("/sign-in").await.header("location"), "/accounts");
}

#[rstest]
#[tokio::test]
async fn a_wrong_one_says_so_and_leaves_no_trace_in_the_browser(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    for login in ["tester", "nobody", "No Login", ""] {
        let browser = portal.browser();
        let answer = sign_in(&browser, login, "wrong", "/audit?actor=tester").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let location = answer.header("location");
        assert!(location.starts_with("/sign-in?problem=wrong_credentials"), "{location}");
        let page = browser.open(location).await;
        assert!(page.text.contains("Login or password is wrong"));
        assert_eq!(field_value(&page.text, "then").as_deref(), Some("/audit?actor=tester"));
        let kept = if login.contains(' ') { "" } else { login };
        assert_eq!(
            field_value(&page.text, "login").as_deref(),
            Some(kept),
            "only what can be a login is kept"
        );
        assert_eq!(browser.cookie(), None);
    }
    assert_eq!(
        portal.raw().await.text("SELECT CAST(count(*) AS TEXT) FROM sessions").await.as_deref(),
        Some("0")
    );
}

#[rstest]
#[tokio::test]
async fn every_page_asks_to_sign_in_first_and_is_reached_afterwards(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let account = portal.manager().new_account().await;
    let of_account = format!("/accounts/{}", account["id"].as_str().unwrap());
    for path in [
        "/accounts",
        "/accounts/new",
        "/accounts/clean-up?run=run-1",
        "/approvals",
        "/batches",
        "/debt?service=orders",
        "/services",
        "/audit?actor=tester&action=refused",
        &of_account,
    ] {
        let browser = portal.browser();
        let sent = browser.open(path).await;
        assert_eq!(sent.status, 303, "{path}");
        let form = browser.open(sent.header("location")).await;
        let then = field_value(&form.text, "then").unwrap();
        assert_eq!(then, path);
        let answer = sign_in(&browser, "manager", Who::Manager.password(), &then).await;
        assert_eq!(answer.header("location"), path);
        assert_eq!(browser.open(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn after_signing_in_one_stays_on_this_site() {
    let portal = TestPortal::start(Sqlite).await;
    for then in
        ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "accounts"]
    {
        let answer = sign_in(&portal.browser(), "tester", Who::Tester.password(), then).await;
        assert_eq!(answer.header("location"), "/accounts", "{then}");
    }
}

#[tokio::test]
async fn nothing_of_the_address_is_shown_as_if_it_were_ours() {
    let portal = TestPortal::start(Sqlite).await;
    let page = portal.browser().open("/sign-in?problem=Call%20555-0100&then=%22%3E%3Cscript%3E").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("555-0100") && !page.text.contains("\"><script>"));
}

#[rstest]
#[tokio::test]
async fn a_session_prepared_for_somebody_else_is_not_taken_over(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::SecondTester).await;
    let prepared = browser.cookie().unwrap();
    browser.sign_in(Who::Admin).await;
    assert_ne!(browser.cookie().unwrap(), prepared);
    let old = portal.anonymous().call(Method::GET, "/accounts").header("cookie", &prepared).send().await;
    assert_eq!(old.status, 303);
}

#[rstest]
#[tokio::test]
async fn signing_out_ends_the_session_for_good(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    let cookie = browser.cookie().unwrap();
    let answer = browser.submit("/actions/sign_out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"));
    assert_eq!(browser.open("/accounts").await.status, 303);
    let old = portal.anonymous().call(Method::GET, "/accounts").header("cookie", &cookie).send().await;
    assert_eq!(old.status, 303);
    assert_eq!(portal.events("action=signed_out&actor=tester").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_with_its_person(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let (idle, disabled) = (portal.signed_in(Who::Tester).await, portal.signed_in(Who::SecondTester).await);
    portal.disable(Who::SecondTester).await;
    assert_eq!(disabled.open("/accounts").await.status, 303);
    disabled.script("/actions/request_account", &[]).await.problem(401, "unauthenticated");
    portal.clock.advance(Duration::from_secs(13 * 3_600));
    assert_eq!(idle.open("/accounts").await.status, 303);
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let portal = TestPortal::start(Sqlite).await;
    let mut location = String::new();
    for _ in 0..12 {
        location = sign_in(&portal.browser(), "tester", "guess", "").await.header("location").to_owned();
    }
    assert!(location.contains("too_many_attempts"), "{location}");
    let right = sign_in(&portal.browser(), "tester", Who::Tester.password(), "").await;
    assert!(right.header("location").contains("too_many_attempts"));
    assert!(portal.browser().open(&location).await.text.contains("Too many attempts"));
    portal.signed_in(Who::SecondTester).await;
}
