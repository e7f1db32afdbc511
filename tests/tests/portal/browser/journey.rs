//! The main job from its beginning to its end, with JavaScript on and off.

use rstest::rstest;
use tests::{Chromium, Database::Sqlite, JavaScript, TestPortal, Who};

const PURPOSE: &str = "See whether the discount survives a reload";

#[rstest]
#[tokio::test]
async fn an_account_is_requested_used_and_given_back(
    #[values(JavaScript::On, JavaScript::Off)] javascript: JavaScript,
) {
    let portal = TestPortal::start(Sqlite).await;
    let visitor = Chromium::start(portal.url(), javascript).await;

    visitor.open("/").await;
    visitor.is_at("/sign-in").await;
    sign_in(&visitor, "tester", "not-the-password").await;
    visitor.shows("Login or password is wrong").await;
    visitor.is_at("/sign-in").await;
    sign_in(&visitor, Who::Tester.login(), Who::Tester.password()).await;
    visitor.is_at("/accounts").await;
    visitor.shows("Nobody on stage yet").await;

    visitor.press("Request an account").await;
    visitor.is_at("/accounts/new").await;
    visitor.fill("Purpose", PURPOSE).await;
    visitor.fill("Lease", "soon").await;
    visitor.press("Request the account").await;
    visitor.shows("Some fields cannot be accepted").await;
    assert_eq!(visitor.field("Purpose").await, PURPOSE, "what was typed is kept");
    visitor.fill("Lease", "2h").await;
    visitor.press("Request the account").await;
    visitor.shows("The account is ready").await;
    visitor.has_text(".stands .badge", "active").await;
    visitor.shows(PURPOSE).await;
    let account = visitor.path().await;
    let username = visitor.text("#username").await;
    assert_eq!(portal.sandbox.usernames().await, [username.as_str()]);

    let password = reveal(&visitor, javascript).await;
    assert!(portal.sandbox.accepts(&username, &password).await);
    log_in_to_sandbox(&visitor, &portal, &username, &password, javascript).await;
    visitor.shows(&format!("Signed in as {username}")).await;

    visitor.open(&account).await;
    assert_eq!(visitor.count("#password").await, 0, "the password is hidden again");
    visitor.press("Revoke this account…").await;
    visitor.press("Yes, revoke it").await;
    visitor.shows("The account was revoked and is gone from every service").await;
    visitor.has_text(".stands .badge", "revoked").await;
    visitor.is_at(&account).await;
    for happened in [
        "tester requested the account",
        "tester saw the password",
        "tester revoked the account",
        "The account is gone from every service",
    ] {
        visitor.shows(happened).await;
    }
    assert!(portal.sandbox.usernames().await.is_empty());
    visitor.open(&portal.sandbox.0.url()).await;
    visitor.fill("Username", &username).await;
    visitor.fill("Password", &password).await;
    visitor.press("Sign in").await;
    visitor.shows("Wrong username or password").await;

    visitor.open(&account).await;
    visitor.press("Sign out").await;
    visitor.is_at("/sign-in").await;
    visitor.open(&account).await;
    visitor.is_at("/sign-in").await;

    sign_in(&visitor, Who::Manager.login(), Who::Manager.password()).await;
    visitor.is_at(&account).await;
    visitor.press("Audit").await;
    visitor.is_at("/audit").await;
    visitor.fill("Account", &username).await;
    visitor.press("Filter").await;
    visitor.shows("Clear").await;
    let reveals = if javascript == JavaScript::On { 2 } else { 1 };
    for (action, times) in [
        ("account_requested", 1),
        ("account_revealed", reveals),
        ("account_revoking", 1),
        ("account_ended", 1),
    ] {
        assert_eq!(visitor.count(&format!("tr[data-action={action}]")).await, times, "{action}");
    }
    assert_eq!(visitor.count("tr[data-action=signed_in]").await, 0, "only what concerns the account");
    assert_eq!(visitor.complaints().await, [""; 0]);
}

async fn sign_in(visitor: &Chromium, login: &str, password: &str) {
    visitor.fill("Login", login).await;
    visitor.fill("Password", password).await;
    visitor.press("Sign in").await;
}

/// Reveals the password; with JavaScript in place, and once more after hiding it.
async fn reveal(visitor: &Chromium, javascript: JavaScript) -> String {
    if javascript == JavaScript::On {
        visitor.is_awake().await;
    }
    visitor.press("Reveal").await;
    let password = visitor.text("#password").await;
    match javascript {
        JavaScript::On => {
            visitor.shows("The account is ready").await;
            visitor.press("Hide").await;
            visitor.press("Reveal").await;
            assert_eq!(visitor.text("#password").await, password);
        }
        JavaScript::Off => visitor.shows("Shown once").await,
    }
    password
}

/// Logs in to the service, as far as possible by what was copied.
async fn log_in_to_sandbox(
    visitor: &Chromium,
    portal: &TestPortal,
    username: &str,
    password: &str,
    javascript: JavaScript,
) {
    if javascript == JavaScript::On {
        visitor.press("Copy: Password").await;
        visitor.shows("Copied").await;
    }
    visitor.open(&portal.sandbox.0.url()).await;
    visitor.fill("Username", username).await;
    match javascript {
        JavaScript::On => visitor.paste("Password").await,
        JavaScript::Off => visitor.fill("Password", password).await,
    }
    assert_eq!(visitor.field("Password").await, password);
    visitor.press("Sign in").await;
}
