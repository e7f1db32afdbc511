//! `POST /oauth/token`: a CI run gets a token for its provider's

use rstest::rstest;
use serde_json::{Value, json};
use server::{
    config::Config,
    identity::{CiIssuer, CiRule},
};
use tests::{
    AUDIENCE, Answer, Api,
    Database::{self, Postgres, Sqlite},
    Issuer, SANDBOX, TestPortal, article_service,
};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

fn rules(issuer: &Issuer) -> impl FnOnce(&mut Config) + use<> {
    let issuer = issuer.url();
    move |config| {
        let rule = CiRule {
            matches: [("repository", "acme/shop"), ("ref", "refs/heads/*")]
                .map(|(claim, value)| (claim.to_owned(), value.to_owned()))
                .into(),
            team: "default".parse().unwrap(),
            acts_as: "ci-shop".parse().unwrap(),
            services: vec![SANDBOX.parse().unwrap()],
            quota: Some(2),
            scopes: ["accounts:read", "accounts:write"].map(|scope| scope.parse().unwrap()).into(),
            ttl: domain::Ttl::hours(1),
        };
        let issuer = openidconnect::IssuerUrl::new(issuer).unwrap();
        config.ci.push(CiIssuer { issuer, audience: AUDIENCE.to_owned(), run: None, rules: vec![rule] });
    }
}

/// What GitHub claims of a run.
fn run(id: u32) -> Value {
    json!({
        "sub": "repo:acme/shop:ref:refs/heads/main", "repository": "acme/shop", "ref": "refs/heads/main",
        "run_id": id.to_string(), "run_attempt": "1",
    })
}

async fn exchange(portal: &TestPortal, token: &str) -> Answer {
    let form = [("grant_type", EXCHANGE), ("subject_token_type", ID_TOKEN), ("subject_token", token)];
    portal.anonymous().call(http::Method::POST, "/oauth/token").form(&form).send().await
}

async fn run_of(portal: &TestPortal, issuer: &Issuer, id: u32) -> Api {
    let answer = exchange(portal, &issuer.token(run(id))).await.expect(200);
    portal.anonymous().with_token(answer["access_token"].as_str().unwrap())
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[rstest]
#[tokio::test]
async fn a_run_gets_a_token_that_is_bound_to_it(#[values(Sqlite, Postgres)] database: Database) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, rules(&issuer)).await;
    let answer = exchange(&portal, &issuer.token(run(7))).await;
    let token = answer.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3_600)));
    assert_eq!(token["scope"], "accounts:read accounts:write");
    let api = portal.anonymous().with_token(token["access_token"].as_str().unwrap());
    let me = api.get("/api/v1/me").await.expect(200);
    assert_eq!((&me["login"], &me["role"]), (&json!("ci-shop"), &json!("tester")));
    assert_eq!(me["token"]["bound"]["run"], "github:acme/shop:7:1");
    let account = api.new_account().await;
    assert_eq!((&account["run"], &account["holder"]), (&json!("github:acme/shop:7:1"), &json!("ci-shop")));
    let issued = portal.events("action=token_issued&run=github:acme/shop:7:1").await;
    assert_eq!(issued[0]["details"]["subject"], "repo:acme/shop:ref:refs/heads/main");
}

#[rstest]
#[tokio::test]
async fn it_sees_and_makes_nothing_of_another_run_s(#[values(Sqlite, Postgres)] database: Database) {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(database, rules(&issuer)).await;
    portal.register(&article_service("orders", &portal.sandbox.0.url())).await;
    let (one, other) = (run_of(&portal, &issuer, 1).await, run_of(&portal, &issuer, 2).await);
    let account = one.new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    one.get(&path).await.expect(200);
    other.get(&path).await.problem(404, "not_found");
    other.order(&format!("{path}/reveal")).await.problem(404, "not_found");
    other.delete(&path).await.problem(404, "not_found");
    assert!(other.get("/api/v1/accounts").await.items().is_empty());
    // Another exchange of the same run goes on where the first one was.
    let again = run_of(&portal, &issuer, 1).await;
    assert_eq!(again.get("/api/v1/accounts").await.items().len(), 1);
    let foreign = json!({ "services": [SANDBOX], "run": "github:acme/shop:1:1" });
    assert_eq!(other.post("/api/v1/accounts", &foreign).await.invalid_fields(), ["/run"]);
    let cleanup = json!({ "run": "github:acme/shop:1:1" });
    assert_eq!(other.post("/api/v1/cleanups", &cleanup).await.invalid_fields(), ["/run"]);
    let elsewhere = json!({ "services": ["orders"] });
    assert_eq!(one.post("/api/v1/accounts", &elsewhere).await.invalid_fields(), ["/services/0"]);
    one.post("/api/v1/tokens", &json!({ "name": "n" })).await.problem(403, "forbidden");
    one.new_account().await;
    one.post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.problem(429, "quota_exceeded");
    let batch = one.post("/api/v1/cleanups", &cleanup).await.expect(202);
    one.batch_once_finished(&batch["id"]).await;
    other.get(&format!("/api/v1/batches/{}", batch["id"].as_str().unwrap())).await.problem(404, "not_found");
    one.new_account().await;
}

#[rstest]
#[tokio::test]
async fn a_token_that_proves_nothing_gets_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let (issuer, stranger) = (Issuer::start().await, Issuer::start().await);
    let portal = TestPortal::start_with(database, rules(&issuer)).await;
    let mut unsigned = issuer.token(run(1));
    unsigned.truncate(unsigned.rfind('.').unwrap() + 1);
    for (what, token) in [
        ("junk", "junk".to_owned()),
        ("without a signature", unsigned),
        ("signed by somebody else", issuer.forged(run(1))),
        ("of another issuer", stranger.token(run(1))),
        (
            "of another issuer that says it is this one",
            stranger.token(with(run(1), "iss", json!(issuer.url()))),
        ),
        ("for somebody else", issuer.token(with(run(1), "aud", json!("another")))),
        ("for somebody else as well", issuer.token(with(run(1), "aud", json!([AUDIENCE, "another"])))),
        ("too old", issuer.token(with(run(1), "exp", json!(1_700_000_000)))),
        ("of another repository", issuer.token(with(run(1), "repository", json!("evil/shop")))),
        ("of a tag", issuer.token(with(run(1), "ref", json!("refs/tags/v1")))),
        ("without a run", issuer.token(with(run(1), "run_id", Value::Null))),
    ] {
        let answer = exchange(&portal, &token).await;
        assert_eq!(answer.expect(400)["error"], "invalid_grant", "{what}");
        assert!(answer.header("content-type").starts_with("application/json"), "{what}");
    }
    let refused = portal.events("action=exchange_refused").await;
    assert_eq!(refused.len(), 11);
    assert!(portal.events("action=token_issued&actor=ci-shop").await.is_empty());
}

#[tokio::test]
async fn the_issuer_may_change_its_key_and_be_away_for_a_while() {
    let mut issuer = Issuer::start().await;
    let portal = TestPortal::start_with(Sqlite, rules(&issuer)).await;
    run_of(&portal, &issuer, 1).await;
    issuer.go_down();
    run_of(&portal, &issuer, 2).await;
    let other = Issuer::start().await;
    let portal = TestPortal::start_with(Sqlite, rules(&other)).await;
    other.change_key();
    run_of(&portal, &other, 1).await;
}

#[tokio::test]
async fn what_is_no_exchange_is_told_as_oauth_tells_it() {
    let issuer = Issuer::start().await;
    let portal = TestPortal::start_with(Sqlite, rules(&issuer)).await;
    let token = issuer.token(run(1));
    for (form, error) in [
        (vec![], "unsupported_grant_type"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("grant_type", EXCHANGE), ("subject_token", &token)], "invalid_request"),
        (vec![("grant_type", EXCHANGE), ("subject_token_type", ID_TOKEN)], "invalid_request"),
    ] {
        let call = portal.anonymous().call(http::Method::POST, "/oauth/token").form(&form);
        assert_eq!(call.send().await.expect(400)["error"], error, "{form:?}");
    }
    let json = portal.anonymous().post("/oauth/token", &json!({ "grant_type": EXCHANGE })).await;
    assert_eq!(json.expect(400)["error"], "invalid_request");
}
