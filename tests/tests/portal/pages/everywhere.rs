//! What holds for all pages.

use tests::{Answer, Database::Sqlite, TestPortal, Who};

/// Pages of every kind: for visitors, with lists, forms and secrets, missing.
async fn all_kinds() -> Vec<(String, Answer)> {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.admin().new_account().await;
    let id = account["id"].as_str().unwrap();
    let browser = portal.browser();
    let mut pages = vec![("/sign-in".to_owned(), browser.open("/sign-in").await)];
    browser.sign_in(Who::Admin).await;
    for path in [
        "/accounts",
        "/accounts/new",
        "/accounts/clean-up?mine=true",
        &format!("/accounts/{id}"),
        "/approvals",
        "/batches",
        "/debt",
        "/drift",
        "/services",
        "/services/user-service",
        "/services/user-service/edit",
        "/services/new",
        "/audit",
        "/nowhere",
    ] {
        pages.push((path.to_owned(), browser.open(path).await));
    }
    let revealed = browser.submit_and_follow("/actions/reveal_account", &[("account", id)]).await;
    pages.push(("a reveal".to_owned(), revealed));
    pages
}

#[tokio::test]
async fn nothing_runs_that_is_no_file_of_ours() {
    for (path, page) in all_kinds().await {
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        for script in page.text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains("src=\"/assets/"), "{path}: {tag}");
        }
        for inline in [" style=\"", "<style", " onclick=", "javascript:"] {
            assert!(!page.text.contains(inline), "{path}: {inline}");
        }
    }
}

#[tokio::test]
async fn a_page_is_kept_by_nobody_and_framed_nowhere() {
    for (path, page) in all_kinds().await {
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(!page.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_page_is_a_whole_document_with_a_name_and_style() {
    for (path, page) in all_kinds().await {
        assert!(page.text.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(page.text.contains("<html lang=\"en\""), "{path}");
        assert!(page.text.contains("Understudy</title>"), "{path}");
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert!(page.text.contains("rel=\"stylesheet\""), "{path}");
    }
}

#[tokio::test]
async fn style_and_icon_are_there() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.browser();
    let page = browser.open("/sign-in").await;
    let assets: Vec<&str> = page
        .text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with("/assets/"))
        .collect();
    assert!(assets.len() >= 2, "{assets:?}");
    for asset in assets {
        let answer = browser.open(asset).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(answer.header("cache-control").contains("immutable"), "{asset}");
    }
}

#[tokio::test]
async fn behind_tls_cookies_go_by_it_only_and_browsers_are_told_to_come_by_it() {
    for (behind_tls, told) in [(true, "max-age=31536000"), (false, "")] {
        let portal = TestPortal::start_with(Sqlite, |config| config.secure_cookies = behind_tls).await;
        let fields = [("login", Who::Tester.login()), ("password", Who::Tester.password()), ("then", "")];
        let answer = portal.browser().submit("/actions/sign_in", &fields).await;
        assert_eq!(answer.header("strict-transport-security"), told);
        let cookie = answer.header("set-cookie");
        assert_eq!(cookie.contains("; Secure"), behind_tls, "{cookie}");
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite="), "{cookie}");
    }
}
