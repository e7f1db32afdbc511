//! `POST /api/v1/accounts`

use std::time::Duration;

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, assert_has, listing_service,
};

use super::{ACCOUNT, ENROLLMENT};

const ACCOUNTS: &str = "/api/v1/accounts";

#[rstest]
#[tokio::test]
async fn an_account_is_created_on_its_service_and_handed_out(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let wanted = json!({
        "services": [SANDBOX],
        "purpose": " Checkout test ",
        "ticket": "SHOP-7",
        "ttl": "2h",
        "labels": { "suite": "checkout", "team/area": "pay ments" },
        "run": "github:acme/shop:9123:1",
        "attributes": { "plan": "gold" },
        "hint": "pay",
    });
    let answer = portal.tester().post(ACCOUNTS, &wanted).await;
    let account = answer.expect(201);
    assert_has(&account, &ACCOUNT);
    assert_eq!(answer.header("location"), format!("{ACCOUNTS}/{}", account["id"].as_str().unwrap()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(account["state"], "active");
    assert_eq!(account["purpose"], "Checkout test");
    for field in ["ticket", "labels", "run", "attributes"] {
        assert_eq!(account[field], wanted[field], "{field}");
    }
    assert_eq!(account["requested_by"], json!({ "kind": "token", "login": "tester", "token": "tester CI" }));
    assert_eq!(account["holder"], "tester");
    for field in ["end_reason", "approved_by", "ended_at"] {
        assert!(account[field].is_null(), "{field}");
    }

    let username = account["username"].as_str().unwrap();
    assert!(username.starts_with("test_pay_"), "{username}");
    assert_eq!(account["email"], format!("{username}@example.com"));
    let enrollment = &account["services"][0];
    assert_has(enrollment, &ENROLLMENT);
    assert_eq!((&enrollment["service"], &enrollment["state"]), (&json!(SANDBOX), &json!("active")));
    assert_eq!(enrollment["attempts"], 1);

    let credentials = &account["credentials"];
    assert_has(credentials, &["username", "email", "password", "services"]);
    let password = credentials["password"].as_str().unwrap();
    assert_eq!(
        credentials["services"],
        json!([{ "service": SANDBOX, "username": username, "secret": password }])
    );
    assert!(portal.sandbox.accepts(username, password).await);
}

#[rstest]
#[tokio::test]
async fn the_lease_begins_when_the_account_is_active(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for (ttl, seconds) in [(json!("90s"), 90), (json!("2h"), 7_200), (json!(600), 600), (json!(null), 3_600)]
    {
        let account =
            portal.tester().post(ACCOUNTS, &json!({ "services": [SANDBOX], "ttl": ttl })).await.expect(201);
        let at = |field: &str| account[field].as_str().unwrap().parse::<domain::Timestamp>().unwrap();
        assert_eq!(at("expires_at").millis_since(at("active_at")), seconds * 1_000, "{ttl}");
        assert!(at("active_at") >= at("created_at"));
    }
}

#[rstest]
#[tokio::test]
async fn one_identity_is_created_on_several_services(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let second = tests::Sandbox::start().await;
    portal.register(&article_service("orders", &second.0.url())).await;
    let account =
        portal.tester().post(ACCOUNTS, &json!({ "services": ["orders", SANDBOX] })).await.expect(201);
    let names: Vec<_> = account["services"].as_array().unwrap().iter().map(|on| &on["service"]).collect();
    assert_eq!(names, ["orders", SANDBOX]);
    let username = account["username"].as_str().unwrap();
    assert_eq!(second.usernames().await, [username]);
    assert_eq!(portal.sandbox.usernames().await, [username]);
}

#[rstest]
#[tokio::test]
async fn names_begin_as_each_service_wants_and_are_otherwise_alike(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let second = tests::Sandbox::start().await;
    let mut table = listing_service("orders", &second.0.url());
    table["policy"] = json!({ "username_prefix": "qa-" });
    portal.register(&table).await;
    let wanted = |services: Value| json!({ "services": services, "hint": "pay" });
    let alone = portal.tester().post(ACCOUNTS, &wanted(json!(["orders"]))).await.expect(201);
    let name = alone["username"].as_str().unwrap();
    assert!(name.starts_with("qa-pay-") && name.len() == "qa-pay-".len() + 8, "{name}");
    assert_eq!(second.usernames().await, [name]);

    let both = portal.tester().post(ACCOUNTS, &wanted(json!(["orders", SANDBOX]))).await.expect(201);
    let of = |at: usize| both["credentials"]["services"][at]["username"].as_str().unwrap();
    assert_eq!(of(0).strip_prefix("qa-pay-"), of(1).strip_prefix("test_pay_"));
    assert_eq!(both["username"], of(1));
    assert!(second.usernames().await.contains(&of(0).to_owned()));

    // Sweeps look for names that begin so, and miss none that began otherwise.
    second.create("qa-stranger", "secret").await;
    let sweep = async || portal.admin().order("/api/v1/services/orders/sweep").await.expect(200);
    let drift = sweep().await;
    assert_eq!((&drift["unknown"][0]["username"], &drift["missing"]), (&json!("qa-stranger"), &json!([])));
    table["policy"]["username_prefix"] = json!("test-");
    portal.register(&table).await;
    assert_eq!(sweep().await, json!({ "unknown": [], "missing": [] }));
}

#[rstest]
#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let slow = ScriptedTarget::start(|_| Reply::status(200).after(Duration::from_millis(300))).await;
    portal.register_scripted("slow", &slow).await;
    let call = || portal.tester().call(Method::POST, ACCOUNTS).json(&json!({ "services": ["slow"] }));
    for prefer in ["respond-async", "wait=0"] {
        let answer = call().header("prefer", prefer).send().await;
        let account = answer.expect(202);
        assert_eq!(answer.header("preference-applied"), prefer);
        assert_eq!(account["state"], "provisioning");
        assert!(account.get("credentials").is_none());
        let location = answer.header("location");
        assert_eq!(location, format!("{ACCOUNTS}/{}", account["id"].as_str().unwrap()));
        assert_eq!(portal.tester().get(location).await.expect(200)["id"], account["id"]);
        portal.tester().account_once("active", &account["id"]).await;
    }
    let patient = call().header("prefer", "wait=30").send().await;
    assert_eq!(patient.header("preference-applied"), "wait=30");
    assert_eq!(patient.expect(201)["state"], "active");
}

#[rstest]
#[tokio::test]
async fn nobody_holds_more_than_the_policy_allows(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 2 });
    portal.register(&table).await;
    let first = portal.tester().new_account().await;
    portal.tester().new_account().await;
    let wanted = json!({ "services": [SANDBOX] });
    let said = async |wanted: &Value| {
        let problem = portal.tester().post(ACCOUNTS, wanted).await.problem(429, "quota_exceeded");
        problem["detail"].as_str().unwrap().to_owned()
    };
    assert!(said(&wanted).await.ends_with("Some have to be given back first."));
    let too_many = json!({ "services": [SANDBOX], "count": 3 });
    assert!(said(&too_many).await.ends_with("Ask for 2 at the most."), "whatever one holds");
    portal.second_tester().new_account().await;
    portal.tester().delete(&format!("{ACCOUNTS}/{}", first["id"].as_str().unwrap())).await.expect(200);
    portal.tester().new_account().await;
}

#[rstest]
#[tokio::test]
async fn the_quota_holds_against_requests_at_the_same_time(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 3 });
    portal.register(&table).await;
    let api = portal.tester();
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let api = api.clone();
            tokio::spawn(async move { api.post(ACCOUNTS, &json!({ "services": [SANDBOX] })).await.status })
        })
        .collect();
    let mut granted = 0;
    for request in requests {
        let status = request.await.unwrap();
        assert!([201, 429].contains(&status), "{status}");
        granted += usize::from(status == 201);
    }
    assert_eq!(granted, 3);
    assert_eq!(portal.sandbox.usernames().await.len(), 3);
}

#[tokio::test]
async fn a_password_is_as_the_services_policies_want_it() {
    let portal = TestPortal::start(Sqlite).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "password": { "length": 40, "classes": ["digit", "symbol"] } });
    portal.register(&table).await;
    let account = portal.tester().new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap();
    assert_eq!(password.len(), 40);
    assert!(
        password.chars().any(|c| c.is_ascii_digit()) && password.chars().any(|c| c.is_ascii_punctuation())
    );
    assert!(!password.chars().any(|c| c.is_ascii_alphabetic()), "{password}");
}

#[tokio::test]
async fn every_role_may_ask_but_only_by_a_token_that_may_write() {
    let portal = TestPortal::start(Sqlite).await;
    for who in Who::ALL {
        assert_eq!(portal.api(who).new_account().await["holder"], who.login());
    }
    let reader = portal.narrowed(Who::Admin, &["accounts:read", "services:write"]).await;
    reader.post(ACCOUNTS, &json!({ "services": [SANDBOX] })).await.problem(403, "forbidden");
    let writer = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    let account = writer.new_account().await;
    assert!(account["credentials"]["password"].is_string());
}
