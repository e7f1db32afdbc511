//! Who is let in by which credentials, for all of `/api/v1`.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

const ME: &str = "/api/v1/me";

#[rstest]
#[tokio::test]
async fn a_token_is_taken_as_bearer_or_as_the_password_of_any_user(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let token = portal.tester().token().to_owned();
    for user in ["", "ci", "tester", "anybody"] {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{token}")));
        let me = portal.anonymous().call(Method::GET, ME).header("authorization", &basic).send().await;
        assert_eq!(me.expect(200)["login"], "tester");
    }
}

#[tokio::test]
async fn without_a_valid_token_nobody_is_let_in() {
    let portal = TestPortal::start(Sqlite).await;
    let anonymous = portal.anonymous();
    let answer = anonymous.get(ME).await;
    answer.problem(401, "unauthenticated");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    let token = portal.tester().token().to_owned();
    for wrong in ["", "nonsense", &token[..token.len() - 1], &format!("{token}a"), &token.to_uppercase()] {
        anonymous.with_token(wrong).get(ME).await.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_browsers_session_is_no_way_in() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Admin).await;
    browser.open(ME).await.problem(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn an_expired_token_is_worth_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let api = portal.anonymous().with_token(portal.issue_token(Who::Tester, &[], "1h").await);
    api.get(ME).await.expect(200);
    portal.clock.advance(Duration::from_secs(3_600));
    api.get(ME).await.problem(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_disabled_persons_token_is_refused_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().get(ME).await.expect(200);
    portal.disable(Who::Tester).await;
    portal.tester().get(ME).await.problem(401, "unauthenticated");
    portal.second_tester().get(ME).await.expect(200);
}

#[tokio::test]
async fn guessing_tokens_is_slowed_down_and_others_go_on() {
    let portal = TestPortal::start(Sqlite).await;
    let guesser = portal.anonymous().with_token("ust_guess");
    let mut refused = guesser.get(ME).await;
    for _ in 0..50 {
        if refused.status == 429 {
            break;
        }
        refused.problem(401, "unauthenticated");
        refused = guesser.get(ME).await;
    }
    refused.problem(429, "too_many_attempts");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    portal.tester().get(ME).await.expect(200);
}

#[tokio::test]
async fn what_a_browser_sends_for_another_site_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    let call = portal.tester().call(Method::POST, "/api/v1/accounts").json(&serde_json::json!({}));
    call.header("sec-fetch-site", "cross-site").send().await.problem(403, "cross_site");
}

#[tokio::test]
async fn authorisation_comes_before_validation() {
    let portal = TestPortal::start(Sqlite).await;
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    let nonsense = serde_json::json!({ "no": "sense" });
    reader.post("/api/v1/accounts", &nonsense).await.problem(403, "forbidden");
    portal.anonymous().post("/api/v1/accounts", &nonsense).await.problem(401, "unauthenticated");
    portal.tester().post("/api/v1/services", &nonsense).await.problem(403, "forbidden");
    portal.tester().get("/api/v1/events?limit=none").await.problem(403, "forbidden");
}
