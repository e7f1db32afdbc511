//! `/profile`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

#[rstest]
#[tokio::test]
async fn one_sees_and_ends_one_s_sessions(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let forgotten = portal.signed_in(Who::Tester).await;
    let id = portal.newest_session(Who::Tester).await;
    let here = portal.signed_in(Who::Tester).await;
    let others = portal.signed_in(Who::SecondTester).await;
    let page = here.open("/profile").await;
    assert!(page.text.contains("this one") && page.text.contains(&id));
    assert_eq!(page.text.matches("/actions/end_session").count(), 1, "there is nobody else's");
    others.script("/actions/end_session", &[("session", &id)]).await.problem(404, "not_found");
    let page = here.submit_and_follow("/actions/end_session", &[("session", &id)]).await;
    assert!(page.text.contains("That session has ended."));
    assert_eq!(forgotten.open("/accounts").await.status, 303);
    assert_eq!(here.open("/accounts").await.status, 200);
}

#[tokio::test]
async fn who_is_signed_in_cannot_guess_the_password_for_long() {
    let portal = TestPortal::start_with(Sqlite, |config| config.http.limits.sign_ins.times = 3).await;
    let browser = portal.signed_in(Who::Tester).await;
    let change = async |current| {
        let fields = [("current", current), ("password", "several words of mine")];
        browser.submit_and_follow("/actions/change_own_password", &fields).await.text
    };
    let weak = async || {
        let fields = [("current", Who::Tester.password()), ("password", "password1")];
        browser.submit_and_follow("/actions/change_own_password", &fields).await.text
    };
    for _ in 0..4 {
        assert!(weak().await.contains("Is among the first that anybody would try"), "that is no wrong guess");
    }
    for _ in 0..3 {
        assert!(change("wrong").await.contains("Is not your present password."));
    }
    assert!(change(Who::Tester.password()).await.contains("Too many attempts"));
    assert_eq!(browser.open("/accounts").await.status, 200, "all else goes on");
}

#[rstest]
#[tokio::test]
async fn whoever_knows_the_password_chooses_another_and_is_out_elsewhere(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let elsewhere = portal.signed_in(Who::Tester).await;
    let here = portal.signed_in(Who::Tester).await;
    let change = async |current, password| {
        let fields = [("current", current), ("password", password)];
        here.submit_and_follow("/actions/change_own_password", &fields).await
    };
    let wrong = change("wrong", "several words of mine").await;
    assert!(wrong.text.contains("Is not your present password."));
    let short = change(Who::Tester.password(), "1234").await;
    assert!(short.text.contains("Must have at least 8 characters."));
    let changed = change(Who::Tester.password(), "several words of mine").await;
    assert!(changed.text.contains("You have a new password"));
    assert_eq!(elsewhere.open("/accounts").await.status, 303);
    let sign_in = async |password| {
        let fields = [("login", "tester"), ("password", password), ("then", "")];
        portal.browser().submit("/actions/sign_in", &fields).await.header("location").to_owned()
    };
    assert!(sign_in(Who::Tester.password()).await.contains("wrong_credentials"));
    assert_eq!(sign_in("several words of mine").await, "/accounts");
}
