//! What moves on a page while it is looked at.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use serde_json::json;
use tests::{Chromium, Database::Sqlite, JavaScript, Reply, SANDBOX, ScriptedTarget, TestPortal, Who};

#[tokio::test]
async fn the_countdown_ticks_and_the_state_follows_what_others_do() {
    let portal = TestPortal::start(Sqlite).await;
    let wanted = json!({ "services": [SANDBOX], "ttl": "10m" });
    let account = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    let id = account["id"].as_str().unwrap();

    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open(&format!("/accounts/{id}")).await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at(&format!("/accounts/{id}")).await;
    visitor.is_awake().await;

    let left = visitor.text(".stands .countdown").await;
    let less = visitor.text_other_than(".stands .countdown", &left).await;
    for text in [&left, &less] {
        assert!(text.starts_with("9 min ") && text.ends_with(" s left"), "{text}");
    }

    visitor.has_text(".stands .badge", "active").await;
    portal.manager().delete(&format!("/api/v1/accounts/{id}")).await.expect(200);
    visitor.has_text(".stands .badge", "revoked").await;
    visitor.shows("manager CI” revoked the account").await;
    visitor.shows("its password was destroyed").await;
    assert_eq!(visitor.complaints().await, [""; 0]);
}

#[tokio::test]
async fn the_list_counts_down_too() {
    let portal = TestPortal::start(Sqlite).await;
    let wanted = json!({ "services": [SANDBOX], "ttl": "10m" });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);

    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open("/accounts").await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at("/accounts").await;
    visitor.is_awake().await;
    let left = visitor.text("td .countdown").await;
    visitor.text_other_than("td .countdown", &left).await;
    assert_eq!(visitor.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_batch_is_followed_to_its_end() {
    let portal = TestPortal::start(Sqlite).await;
    // Slow enough to be looked at on its way; it fails until told otherwise.
    let willing = Arc::new(AtomicBool::new(false));
    let wills = willing.clone();
    let service = ScriptedTarget::start(move |call| {
        let created = if wills.load(SeqCst) { 200 } else { 400 };
        let reply = Reply::status(match call {
            call if call.is_create() => created,
            call if call.is_login() => 200,
            _ => 404,
        });
        reply.after(Duration::from_millis(400))
    });
    let service = service.await;
    let mut table = tests::article_service("slow", &service.target.url());
    table["name"] = json!("Slow service");
    table["policy"] = json!({ "concurrency": 1 });
    portal.register(&table).await;

    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open("/accounts/new").await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.press("Slow service dev").await;
    visitor.fill("How many", "3").await;
    visitor.press("Request the account").await;
    visitor.has_text(".stands .badge", "running").await;
    visitor.is_awake().await;
    let progress = visitor.text(".stands [role=status]").await;
    visitor.text_other_than(".stands [role=status]", &progress).await;
    visitor.has_text(".stands .badge", "finished").await;
    visitor.shows("0 of 3 created, 3 failed").await;
    visitor.shows("What did not go well").await;

    willing.store(true, SeqCst);
    visitor.press("Retry the 3 failed ones").await;
    visitor.shows("asked for once more").await;
    visitor.shows("3 of 3 created").await;
    visitor.has_text(".stands .badge", "finished").await;
    assert_eq!(visitor.complaints().await, [""; 0]);
    drop(service);
}

#[tokio::test]
async fn a_reveal_stands_in_the_timeline_at_once() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open(&format!("/accounts/{}", account["id"].as_str().unwrap())).await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_awake().await;
    let reveals = async || visitor.count(".timeline [data-action=account_revealed]").await;
    let before = reveals().await;
    visitor.press("Reveal").await;
    visitor.shows("just now").await;
    visitor.shows("tester saw the password").await;
    assert_eq!(reveals().await, before + 1);
    assert_eq!(visitor.complaints().await, [""; 0]);
}

#[tokio::test]
async fn no_button_moves_when_one_is_opened() {
    let portal = TestPortal::start_full(Sqlite).await;
    let account = portal.tester().new_account().await;
    let page = format!("/accounts/{}", account["id"].as_str().unwrap());
    let visitor = Chromium::start(portal.url(), JavaScript::On).await;
    visitor.open(&page).await;
    visitor.fill("Login", Who::Tester.login()).await;
    visitor.fill("Password", Who::Tester.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at(&page).await;
    visitor.is_awake().await;
    let buttons = ["New password…", "Hand over…", "Freeze…", "Revoke this account…"];
    let places = async || {
        let mut places = Vec::new();
        for button in buttons {
            places.push(visitor.place_of(button).await);
        }
        places
    };
    let closed = places().await;
    for button in buttons {
        visitor.press(button).await;
        assert_eq!(places().await, closed, "{button} is open");
        visitor.press(button).await;
    }
}
