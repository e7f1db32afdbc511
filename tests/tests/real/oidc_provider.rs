//! npm's oidc-provider, through which people sign in.

use domain::{people::Role, secret::Secret};
use serde_json::json;
use server::{config::Config, identity::ProviderSettings};
use tests::{Browser, Database, TestPortal};

use super::{SECRET, variable};

const REAL: &str = "oidc_provider";

async fn start() -> TestPortal {
    let [issuer, secret] = ["", SECRET].map(|what| variable(REAL, what));
    let change = |config: &mut Config| {
        config.provider = Some(ProviderSettings {
            issuer: openidconnect::IssuerUrl::new(issuer).unwrap(),
            name: "oidc-provider".to_owned(),
            client_id: "understudy".to_owned(),
            client_secret: Some(Secret::new(secret)),
            public_url: "http://portal.test".parse().unwrap(),
            scopes: vec!["profile".to_owned()],
            login_claim: "preferred_username".to_owned(),
            role_claim: "groups".to_owned(),
            roles: [("testers".to_owned(), Role::Tester), ("leads".to_owned(), Role::Manager)].into(),
            default_role: None,
            team_claim: "groups".to_owned(),
            teams: [].into(),
        });
    };
    TestPortal::start_with(Database::Sqlite, change).await
}

/// Signs in at the provider, as its own pages want it; answers where on the
/// portal the browser is sent back to.
async fn sign_in_there(provider: &Browser, asked: &str, login: &str) -> String {
    let base = variable(REAL, "");
    let mut place = asked.to_owned();
    for _ in 0..12 {
        if let Some(back) = place.strip_prefix("http://portal.test") {
            return back.to_owned();
        }
        let page = provider.open(place.strip_prefix(&base).unwrap_or(&place)).await;
        if page.status == 303 || page.status == 302 {
            place = page.header("location").to_owned();
            continue;
        }
        assert_eq!(page.status, 200, "{}", page.text);
        let action = page.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let prompt = if page.text.contains("name=\"login\"") { "login" } else { "consent" };
        let fields = [("prompt", prompt), ("login", login), ("password", "anything")];
        let sent = provider.submit(action.strip_prefix(&base).unwrap_or(&action), &fields).await;
        place = sent.header("location").to_owned();
    }
    panic!("the provider does not come to an end: {place}");
}

async fn sign_in(portal: &TestPortal, login: &str) -> (Browser, String) {
    let (browser, provider) = (portal.browser(), Browser::new(variable(REAL, "")));
    let sent = browser.open("/sign-in/provider?then=/batches").await;
    let back = sign_in_there(&provider, sent.header("location"), login).await;
    let location = browser.open(&back).await.header("location").to_owned();
    (browser, location)
}

#[tokio::test]
#[ignore = "needs a real OpenID provider: cargo xtask real-services oidcprovider"]
async fn people_sign_in_with_the_role_that_their_groups_give() {
    let portal = start().await;
    let (browser, location) = sign_in(&portal, "ann").await;
    assert_eq!(location, "/batches");
    assert!(browser.open("/batches").await.text.contains("Signed in as ann, tester"));
    let (browser, _) = sign_in(&portal, "lead-bob").await;
    assert!(browser.open("/audit").await.status == 200, "bob is a manager");
    let person = portal.admin().get("/api/v1/people/lead-bob").await.expect(200);
    assert_eq!((&person["role"], &person["signs_in_by"]), (&json!("manager"), &json!(["provider"])));
}

#[tokio::test]
#[ignore = "needs a real OpenID provider: cargo xtask real-services oidcprovider"]
async fn an_answer_is_good_once_and_in_its_own_browser_only() {
    let portal = start().await;
    let (browser, provider) = (portal.browser(), Browser::new(variable(REAL, "")));
    let sent = browser.open("/sign-in/provider").await;
    let back = sign_in_there(&provider, sent.header("location"), "ann").await;
    let stolen = portal.browser().open(&back).await;
    assert_eq!(stolen.header("location"), "/sign-in?problem=stale");
    assert_eq!(browser.open(&back).await.header("location"), "/accounts");
    let again = portal.browser();
    assert_eq!(again.open(&back).await.header("location"), "/sign-in?problem=stale");
}

#[tokio::test]
#[ignore = "needs a real OpenID provider: cargo xtask real-services oidcprovider"]
async fn somebody_who_has_another_way_in_stays_who_they_are() {
    let portal = start().await;
    let (browser, location) = sign_in(&portal, "tester").await;
    assert_eq!(location, "/sign-in?problem=forbidden");
    assert_eq!(browser.open("/accounts").await.status, 303);
}
