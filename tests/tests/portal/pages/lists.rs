//! `/accounts`, `/services` and `/audit`

use rstest::rstest;
use serde_json::json;
use tests::{
    Answer, Browser,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, field_value, full_service, with_approval,
};

/// The address of the link that a list's page has to its next one.
fn next_of(page: &Answer, list: &str) -> Option<String> {
    let links = page.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links
        .map(|link| link.replace("&amp;", "&"))
        .find(|link| link.starts_with(list) && link.contains("cursor="))
}

#[rstest]
#[tokio::test]
async fn the_accounts_are_those_that_one_sees(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let empty = portal.signed_in(Who::Tester).await.open("/accounts").await;
    assert!(empty.text.contains("Nobody on stage yet"));
    let own = portal.tester().new_account().await;
    let others = portal.second_tester().new_account().await;
    let (own, others) = (own["username"].as_str().unwrap(), others["username"].as_str().unwrap());
    let seen = async |browser: &Browser, path: &str| {
        let page = browser.open(path).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        (page.text.contains(own), page.text.contains(others))
    };
    let tester = portal.signed_in(Who::Tester).await;
    assert_eq!(seen(&tester, "/accounts").await, (true, false));
    assert_eq!(seen(&tester, "/accounts?holder=second-tester").await, (false, false));
    let manager = portal.signed_in(Who::Manager).await;
    assert_eq!(seen(&manager, "/accounts").await, (true, true));
    assert_eq!(seen(&manager, "/accounts?holder=tester&state=active").await, (true, false));
    assert_eq!(seen(&manager, "/accounts?state=revoked").await, (false, false));
}

#[rstest]
#[tokio::test]
async fn a_long_list_goes_on_at_its_next_page(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut usernames = Vec::new();
    for _ in 0..53 {
        usernames.push(portal.tester().new_account().await["username"].as_str().unwrap().to_owned());
    }
    let browser = portal.signed_in(Who::Tester).await;
    let first = browser.open("/accounts?state=active").await;
    let next = next_of(&first, "/accounts?").unwrap();
    assert!(next.contains("state=active"), "{next}");
    let second = browser.open(&next).await;
    assert_eq!(next_of(&second, "/accounts?"), None);
    for (at, username) in usernames.iter().rev().enumerate() {
        assert_eq!(
            (first.text.contains(username), second.text.contains(username)),
            (at < 50, at >= 50),
            "{at}"
        );
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_meant_is_explained_beside_its_field() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Manager).await;
    for (path, field) in [("/accounts?holder=No+login", "holder"), ("/audit?from=yesterday", "from")] {
        let page = browser.open(path).await;
        assert_eq!(page.status, 422, "{path}");
        assert!(page.text.contains(&format!("id=\"{field}-error\"")), "{path}");
        assert!(!field_value(&page.text, field).unwrap().is_empty(), "{path}");
    }
    assert_eq!(browser.open("/accounts?state=gone").await.status, 422);
    assert_eq!(browser.open("/accounts?cursor=nonsense").await.status, 422);
}

#[tokio::test]
async fn the_bar_keeps_every_filter_of_the_address() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Manager).await;
    for (list, name, value) in [
        ("/accounts", "run", "github:acme/shop:9123:1"),
        ("/accounts", "label", "suite:checkout"),
        ("/accounts", "requested_by", "tester"),
        ("/audit", "run", "github:acme/shop:9123:1"),
        ("/audit", "subject", "tester"),
    ] {
        let usual = browser.open(list).await;
        assert_eq!(field_value(&usual.text, name), None, "{list} {name}");
        let filtered = browser.open(&format!("{list}?{name}={value}")).await;
        assert_eq!(field_value(&filtered.text, name).as_deref(), Some(value), "{list} {name}");
    }
    let unknown = browser.open("/audit?service=gone").await;
    assert!(unknown.text.contains("<option value=\"gone\" selected"), "what is asked for is shown");
}

#[rstest]
#[tokio::test]
async fn the_audit_tells_managers_who_did_what(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "services": [SANDBOX], "purpose": "<i>why</i>" });
    let account = portal.tester().post("/api/v1/accounts", &body).await.expect(201);
    let username = account["username"].as_str().unwrap();
    let manager = portal.signed_in(Who::Manager).await;
    let page = manager.open(&format!("/audit?account={username}&actor=tester")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(username) && !page.text.contains("<i>why"));
    assert!(page.text.contains("Requested the account"));
    assert!(!page.text.contains("tester requested"), "the column beside it says who");
    let none = manager.open("/audit?actor=nobody").await;
    assert!(none.status == 200 && !none.text.contains(username));
    let tester = portal.signed_in(Who::Tester).await;
    assert_eq!(tester.open("/audit").await.status, 403);
    assert_eq!(portal.events("action=refused&actor=tester").await.len(), 1, "the attempt is on record");
}

#[rstest]
#[tokio::test]
async fn the_services_are_listed_with_their_terms(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let page = portal.signed_in(Who::Tester).await.open("/services").await;
    for shown in [SANDBOX, "User service", &portal.sandbox.0.url(), "article", "1h", "7d"] {
        assert!(page.text.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn only_states_that_can_occur_are_offered() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    portal.tester().new_account().await;
    let offered = async |state: &str| {
        browser.open("/accounts").await.text.contains(&format!("<option value=\"{state}\""))
    };
    assert!(offered("active").await && !offered("requested").await && !offered("frozen").await);
    portal.register(&with_approval(full_service(SANDBOX, &portal.sandbox.0.url()))).await;
    assert!(offered("active").await && offered("requested").await && offered("frozen").await);
}

#[tokio::test]
async fn the_audit_says_in_words_what_was_registered() {
    let portal = TestPortal::start(Sqlite).await;
    let page = portal.signed_in(Who::Admin).await.open("/audit?action=service_registered").await;
    for said in
        [&portal.sandbox.0.url(), "Lease 1h, at most 7d · Granted at once", "The whole definition", "<pre>"]
    {
        assert!(page.text.contains(said), "{said}");
    }
}

#[tokio::test]
async fn the_audit_says_of_a_check_what_failed_and_keeps_the_rest_at_hand() {
    let portal = TestPortal::start(Sqlite).await;
    let check =
        async |slug: &str| portal.admin().order(&format!("/api/v1/services/{slug}/check")).await.expect(200);
    check(SANDBOX).await;
    let browser = portal.signed_in(Who::Admin).await;
    let page = browser.open("/audit?action=service_checked").await;
    assert!(
        page.text.contains("steps went as they should") && page.text.contains("✓ create ("),
        "{}",
        page.text
    );
    let mut table = article_service("wrong", &portal.sandbox.0.url());
    table["http"]["verify"]["request"] = json!("POST /nowhere");
    portal.register(&table).await;
    check("wrong").await;
    let page = browser.open("/audit?action=service_checked&service=wrong").await;
    for said in ["<dt>login</dt>", "✗ login (", "steps failed"] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
}

#[tokio::test]
async fn the_audit_can_be_taken_away_as_it_is_filtered() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Manager).await;
    let page = browser.open("/audit?action=token_issued").await;
    let link = "/audit/export?format=csv&amp;action=token_issued";
    assert!(page.text.contains(link), "{}", page.text);
    let file = browser.open(&link.replace("&amp;", "&")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.text.lines().skip(1).all(|row| row.contains(",token_issued,")), "{}", file.text);
}

#[tokio::test]
async fn the_audit_tells_whose_token_it_is_and_until_when() {
    let portal = TestPortal::start(Sqlite).await;
    let page = portal.signed_in(Who::Admin).await.open("/audit?action=token_issued").await;
    assert!(page.text.contains("Issued the token “tester CI” for tester"));
    assert!(page.text.contains("valid until") && !page.text.contains("lease ends"));
}
