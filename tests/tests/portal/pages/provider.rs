//! `/sign-in/provider`: through the organisation's provider and back

use domain::people::Role;
use rstest::rstest;
use serde_json::{Value, json};
use server::{config::Config, identity::ProviderSettings};
use tests::{
    AUDIENCE, Answer, Browser,
    Database::{self, Postgres, Sqlite},
    Issuer, TestPortal, Who,
};
use url::Url;

pub fn provider(issuer: &Issuer) -> impl FnOnce(&mut Config) + use<> {
    let issuer = issuer.url();
    move |config| {
        config.provider = Some(ProviderSettings {
            issuer: openidconnect::IssuerUrl::new(issuer).unwrap(),
            name: "Acme".to_owned(),
            client_id: AUDIENCE.to_owned(),
            client_secret: None,
            public_url: "http://portal.test".parse().unwrap(),
            scopes: vec!["profile".to_owned()],
            login_claim: "preferred_username".to_owned(),
            role_claim: "groups".to_owned(),
            roles: [("testers".to_owned(), Role::Tester), ("leads".to_owned(), Role::Manager)].into(),
            default_role: None,
            team_claim: "groups".to_owned(),
            teams: [("pay".to_owned(), "payments".parse().unwrap())].into(),
        });
    }
}

/// Begins a sign-in; answers what the provider was asked.
async fn begin(browser: &Browser) -> impl Fn(&str) -> String + use<> {
    let sent = browser.open("/sign-in/provider?then=/batches").await;
    let place = Url::parse(sent.header("location")).unwrap();
    assert_eq!((sent.status, place.path()), (303, "/authorize"));
    let asked: Vec<(String, String)> = place.query_pairs().into_owned().collect();
    move |name| asked.iter().find(|(asked, _)| asked == name).unwrap().1.clone()
}

async fn come_back(browser: &Browser, state: &str, code: &str) -> Answer {
    browser.open(&format!("/sign-in/provider/callback?state={state}&code={code}")).await
}

/// Signs in as the provider says.
pub async fn sign_in(browser: &Browser, issuer: &Issuer, mut claims: Value) -> Answer {
    let asked = begin(browser).await;
    claims["nonce"] = json!(asked("nonce"));
    issuer.vouches(claims);
    come_back(browser, &asked("state"), "good").await
}

fn ann(groups: &[&str]) -> Value {
    json!({ "sub": "s-1", "preferred_username": "Ann", "groups": groups })
}

#[rstest]
#[tokio::test]
async fn whom_the_provider_vouches_for_is_let_in_with_role_and_team(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, provider(&issuer)).await;
    portal.admin().post("/api/v1/teams", &json!({ "slug": "payments" })).await.expect(201);
    let browser = portal.browser();
    assert!(browser.open("/sign-in").await.text.contains("Sign in with Acme"));
    let asked = begin(&browser).await;
    assert_eq!((asked("client_id"), asked("response_type")), (AUDIENCE.to_owned(), "code".to_owned()));
    assert_eq!(
        (asked("scope"), asked("code_challenge_method")),
        ("openid profile".to_owned(), "S256".to_owned())
    );
    assert_eq!(asked("redirect_uri"), "http://portal.test/sign-in/provider/callback");
    let answer = sign_in(&browser, &issuer, ann(&["testers", "pay"])).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/batches"));
    assert!(browser.open("/batches").await.text.contains("Signed in as ann"));
    let person = async || portal.admin().get("/api/v1/people/ann").await.expect(200);
    let first = person().await;
    assert_eq!((&first["role"], &first["team"]), (&json!("tester"), &json!("payments")));
    assert_eq!(first["signs_in_by"], json!(["provider"]));
    // The provider says anew each time what somebody may do.
    sign_in(&portal.browser(), &issuer, ann(&["leads"])).await;
    let second = person().await;
    assert_eq!((&second["id"], &second["role"]), (&first["id"], &json!("manager")));
    let actions: Vec<_> = portal.events("subject=ann").await;
    let actions: Vec<_> = actions.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["person_added", "person_linked", "signed_in", "person_role_changed", "signed_in"]);
}

#[rstest]
#[tokio::test]
async fn nobody_becomes_somebody_else_for_having_the_same_name(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, provider(&issuer)).await;
    let claims = json!({ "sub": "s-9", "preferred_username": "admin", "groups": ["leads"] });
    let refused = sign_in(&portal.browser(), &issuer, claims).await;
    assert_eq!(refused.header("location"), "/sign-in?problem=forbidden");
    // Whom an admin has added for that is linked, once.
    portal.admin().post("/api/v1/people", &json!({ "login": "ann", "role": "tester" })).await.expect(201);
    assert_eq!(sign_in(&portal.browser(), &issuer, ann(&["leads"])).await.header("location"), "/batches");
    let other = json!({ "sub": "s-2", "preferred_username": "ann", "groups": ["leads"] });
    let refused = sign_in(&portal.browser(), &issuer, other).await;
    assert_eq!(refused.header("location"), "/sign-in?problem=forbidden");
}

#[rstest]
#[tokio::test]
async fn whoever_is_disabled_or_has_no_role_stays_out(#[values(Sqlite, Postgres)] database: Database) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, provider(&issuer)).await;
    let refused = sign_in(&portal.browser(), &issuer, ann(&["others"])).await;
    assert_eq!(refused.header("location"), "/sign-in?problem=forbidden");
    sign_in(&portal.browser(), &issuer, ann(&["testers"])).await;
    portal.admin().patch("/api/v1/people/ann", &json!({ "disabled": true })).await.expect(200);
    let refused = sign_in(&portal.browser(), &issuer, ann(&["testers"])).await;
    assert_eq!(refused.header("location"), "/sign-in?problem=forbidden");
}

#[rstest]
#[tokio::test]
async fn an_answer_that_was_not_asked_for_or_is_not_good_lets_nobody_in(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, provider(&issuer)).await;
    let refused = async |browser: &Browser, state: &str, code: &str| {
        let answer = come_back(browser, state, code).await;
        assert_eq!(browser.open("/accounts").await.status, 303);
        answer.header("location").to_owned()
    };
    let stale = "/sign-in?problem=stale";
    assert_eq!(refused(&portal.browser(), "s", "good").await, stale, "nothing was begun in this browser");
    let browser = portal.browser();
    let asked = begin(&browser).await;
    issuer.vouches(with_nonce(ann(&["testers"]), &asked("nonce")));
    assert_eq!(refused(&browser, "another", "good").await, stale, "it is the answer to another sign-in");
    let browser = portal.browser();
    let asked = begin(&browser).await;
    assert_eq!(refused(&browser, &asked("state"), "bad").await, "/sign-in?problem=forbidden");
    for claims in [
        with_nonce(ann(&["testers"]), "another"),
        json!({ "aud": "another", "sub": "s-1", "preferred_username": "ann", "groups": ["testers"] }),
        json!({ "iss": "http://evil.test", "sub": "s-1", "preferred_username": "ann", "groups": ["testers"] }),
    ] {
        let browser = portal.browser();
        let asked = begin(&browser).await;
        let nonce = claims["nonce"].as_str().map_or_else(|| asked("nonce"), str::to_owned);
        issuer.vouches(with_nonce(claims, &nonce));
        assert_eq!(refused(&browser, &asked("state"), "good").await, "/sign-in?problem=forbidden");
    }
    let browser = portal.browser();
    let asked = begin(&browser).await;
    issuer.vouches(with_nonce(ann(&["testers"]), &asked("nonce")));
    portal.clock.advance(std::time::Duration::from_secs(15 * 60 + 1));
    assert_eq!(refused(&browser, &asked("state"), "good").await, stale, "it took too long");
}

fn with_nonce(mut claims: Value, nonce: &str) -> Value {
    claims["nonce"] = json!(nonce);
    claims
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_and_passwords_still_work() {
    let mut issuer = Issuer::start().await;
    let portal = TestPortal::start_with(Sqlite, provider(&issuer)).await;
    issuer.go_down();
    let browser = portal.browser();
    let sent = browser.open("/sign-in/provider?then=/batches").await;
    assert_eq!(sent.header("location"), "/sign-in?problem=target_unavailable&then=%2Fbatches");
    assert!(browser.open(sent.header("location")).await.text.contains("The service is not available"));
    browser.sign_in(Who::Tester).await;
    let elsewhere = portal.browser().open("/sign-in/provider?then=//evil.test").await;
    assert!(elsewhere.header("location").starts_with("/sign-in?"));
}
