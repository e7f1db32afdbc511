//! The OWASP API Security Top 10 of 2023, risk by risk: what an attacker would
//! try first. Each risk has more tests where its part of the portal is tested;
//! docs/security.md says where.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tests::{
    Answer, Api, Database::Sqlite, Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service,
    eventually,
};

const ACCOUNTS: &str = "/api/v1/accounts";
const SERVICES: &str = "/api/v1/services";

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// Once the account's service was called, and that did not succeed.
async fn tried(portal: &TestPortal, account: &Value) {
    eventually("the service was called in vain", async || {
        let actions = portal.tester().actions_of(&account["id"]).await;
        actions.iter().any(|action| action == "enrollment_postponed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn api1_broken_object_level_authorization() {
    let portal = TestPortal::start_full(Sqlite).await;
    let (owner, stranger) = (portal.tester(), portal.second_tester());
    let account = owner.new_account().await;
    let token = owner.post("/api/v1/tokens", &json!({ "name": "mine" })).await.expect(201);
    let many = json!({ "services": [SANDBOX], "count": 2 });
    let batch = owner.post(ACCOUNTS, &many).await.expect(202);
    let path = format!("{ACCOUNTS}/{}", id(&account));
    for answer in [
        stranger.get(&path).await,
        stranger.order(&format!("{path}/reveal")).await,
        stranger.order(&format!("{path}/reset")).await,
        stranger.act(&account["id"], "freeze", &json!({})).await,
        stranger.act(&account["id"], "hand-over", &json!({ "to": "second-tester" })).await,
        stranger.act(&account["id"], "renew", &json!({ "ttl": "1h" })).await,
        stranger.delete(&path).await,
        stranger.get(&format!("/api/v1/batches/{}", id(&batch))).await,
        stranger.delete(&format!("/api/v1/tokens/{}", id(&token))).await,
    ] {
        answer.problem(404, "not_found");
    }
    assert!(stranger.get(ACCOUNTS).await.items().is_empty());
    assert_eq!(owner.account(&account["id"]).await["state"], "active");
}

#[tokio::test]
async fn api2_broken_authentication() {
    let portal = TestPortal::start(Sqlite).await;
    let me = async |api: Api| api.get("/api/v1/me").await;
    let spare = portal.issue_token(Who::Tester, &[], "1h").await;
    let revoked = portal.tester().post("/api/v1/tokens", &json!({ "name": "old" })).await.expect(201);
    portal.tester().delete(&format!("/api/v1/tokens/{}", id(&revoked))).await.expect(200);
    let mistyped = format!("{}x", &spare[..spare.len() - 1]);
    me(portal.anonymous().with_token(spare.clone())).await.expect(200);
    portal.clock.advance(Duration::from_secs(3_601));
    for worthless in [spare.as_str(), revoked["text"].as_str().unwrap(), &mistyped, "", "null", "admin"] {
        let refused = me(portal.anonymous().with_token(worthless)).await;
        refused.problem(401, "unauthenticated");
        assert!(refused.header("www-authenticate").contains("Bearer"), "{worthless:?}");
    }
    let in_address = format!("/api/v1/me?access_token={}", portal.tester().token());
    portal.anonymous().get(&in_address).await.problem(401, "unauthenticated");
    portal.disable(Who::Tester).await;
    me(portal.tester()).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn api3_broken_object_property_level_authorization() {
    let portal = TestPortal::start(Sqlite).await;
    for field in ["holder", "state", "username", "team", "requested_by", "expires_at", "password"] {
        let mut asked = json!({ "services": [SANDBOX] });
        asked[field] = json!("admin");
        let refused = portal.tester().post(ACCOUNTS, &asked).await.problem(422, "invalid");
        assert!(refused["detail"].as_str().unwrap().contains(field), "{refused}");
    }
    let refused = portal.tester().patch("/api/v1/people/tester", &json!({ "role": "admin" })).await;
    refused.problem(403, "forbidden");
    let account = portal.tester().new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap();
    for path in [ACCOUNTS, "/api/v1/people", "/api/v1/tokens", "/api/v1/events", SERVICES] {
        let answer = portal.admin().get(path).await;
        for secret in ["password_hash", "\"hash\"", "sealed", "$argon2", "ust_", password] {
            assert!(!answer.text.contains(secret), "{path} shows {secret}");
        }
    }
}

#[tokio::test]
async fn api4_unrestricted_resource_consumption() {
    let portal = TestPortal::start_with(Sqlite, |config| config.http.limits.tokens.times = 3).await;
    let tester = portal.tester();
    let too_many = json!({ "services": [SANDBOX], "count": 1_000_000 });
    assert_eq!(tester.post(ACCOUNTS, &too_many).await.invalid_fields(), ["/count"]);
    tester.get(&format!("{ACCOUNTS}?limit=100000")).await.problem(422, "invalid");
    let long = "x".repeat(2 * 1024 * 1024);
    tester.post(ACCOUNTS, &json!({ "services": [SANDBOX], "purpose": long })).await.problem(413, "too_large");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let call = tester.call(Method::POST, ACCOUNTS).body("application/json", deep);
    assert!([400, 422].contains(&call.send().await.status));
    for _ in 0..3 {
        portal.anonymous().with_token("guess").get("/api/v1/me").await.problem(401, "unauthenticated");
    }
    let slowed = portal.anonymous().with_token("guess").get("/api/v1/me").await;
    slowed.problem(429, "too_many_attempts");
    assert!(!slowed.header("retry-after").is_empty());
}

#[tokio::test]
async fn api5_broken_function_level_authorization() {
    let portal = TestPortal::start(Sqlite).await;
    let tester = portal.tester();
    let person = json!({ "login": "mole", "role": "admin" });
    let service = article_service("mine", "http://127.0.0.1:9");
    for answer in [
        tester.post("/api/v1/people", &person).await,
        tester.get("/api/v1/people").await,
        tester.post("/api/v1/teams", &json!({ "slug": "moles" })).await,
        tester.post(SERVICES, &service).await,
        tester.delete(&format!("{SERVICES}/{SANDBOX}")).await,
        tester.order(&format!("{SERVICES}/{SANDBOX}/pause")).await,
        tester.order(&format!("{SERVICES}/{SANDBOX}/sweep")).await,
        tester.get("/api/v1/events").await,
        tester.get("/api/v1/events/export").await,
        tester.order("/api/v1/expiry/resume").await,
        portal.manager().post("/api/v1/people", &person).await,
        portal.manager().post(SERVICES, &service).await,
    ] {
        answer.problem(403, "forbidden");
    }
    let tried = portal.events("action=refused&actor=tester").await;
    assert_eq!(tried.len(), 10, "each attempt is on record");
}

#[tokio::test]
async fn api6_unrestricted_access_to_sensitive_business_flows() {
    let portal = TestPortal::start_guarded(Sqlite).await;
    let asked = portal.manager().post(ACCOUNTS, &json!({ "services": [SANDBOX] })).await.expect(202);
    let own = portal.manager().act(&asked["id"], "approve", &json!({})).await;
    own.problem(403, "forbidden");
    let mut scarce = article_service("scarce", &portal.sandbox.0.url());
    scarce["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&scarce).await;
    let one = json!({ "services": ["scarce"] });
    portal.tester().post(ACCOUNTS, &one).await.expect(201);
    portal.tester().post(ACCOUNTS, &one).await.problem(429, "quota_exceeded");
    portal.second_tester().post(ACCOUNTS, &one).await.expect(201);
}

#[tokio::test]
async fn api7_server_side_request_forgery() {
    let portal = TestPortal::start(Sqlite).await;
    for address in [
        "http://169.254.169.254/",
        "http://[::ffff:169.254.169.254]/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
    ] {
        let refused = portal.admin().post(SERVICES, &article_service("metadata", address)).await;
        assert_eq!(refused.invalid_fields(), ["/base_url"], "{address}");
    }
    assert!(!portal.events("action=call_refused").await.is_empty());
    let elsewhere = ScriptedTarget::start(|_| Reply::status(200)).await;
    let location: &str = elsewhere.target.url().leak();
    let leading = ScriptedTarget::start(move |_| Reply::status(307).header("location", location)).await;
    portal.register_scripted("leading", &leading).await;
    let account = portal.tester().new_account_later("leading").await;
    tried(&portal, &account).await;
    assert!(elsewhere.received().is_empty(), "redirects are not followed");
}

#[tokio::test]
async fn api8_security_misconfiguration() {
    let portal = TestPortal::start(Sqlite).await;
    let headers = |answer: &Answer| {
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("cache-control", "no-store"),
        ] {
            assert!(answer.header(header).contains(value), "{header}: {:?}", answer.headers);
        }
        assert_eq!(answer.header("access-control-allow-origin"), "");
    };
    headers(&portal.tester().get("/api/v1/me").await);
    headers(&portal.anonymous().get("/api/v1/me").await);
    headers(&portal.signed_in(Who::Admin).await.open("/accounts").await);
    let preflight = portal.anonymous().call(Method::OPTIONS, ACCOUNTS);
    let preflight =
        preflight.header("origin", "https://evil.example").header("access-control-request-method", "POST");
    assert_eq!(preflight.send().await.header("access-control-allow-origin"), "");
    let cross = portal.tester().call(Method::POST, ACCOUNTS).json(&json!({ "services": [SANDBOX] }));
    cross.header("sec-fetch-site", "cross-site").send().await.problem(403, "cross_site");
    let lost = portal.tester().get("/api/v1/nowhere").await;
    lost.problem(404, "not_found");
    for leak in ["panicked", ".rs", "sqlite", "SELECT"] {
        assert!(!lost.text.contains(leak), "{}", lost.text);
    }
    assert_eq!(portal.anonymous().call(Method::TRACE, "/api/v1/me").send().await.status, 405);
}

#[tokio::test]
async fn api9_improper_inventory_management() {
    let portal = TestPortal::start(Sqlite).await;
    let described = portal.anonymous().get("/api/openapi.json").await.expect(200);
    for (method, path) in server::http::routes() {
        if !path.starts_with("/api/v1") {
            continue;
        }
        assert!(described["paths"][&path][method.as_str().to_lowercase()].is_object(), "{method} {path}");
        let path = path.replace(['{', '}'], "x");
        let answer = portal.anonymous().call(method.clone(), &path).send().await;
        assert_eq!(answer.status, 401, "{method} {path} is closed to whoever has no token");
    }
    for path in ["/api/v0/me", "/api/v2/me", "/api/me", "/debug", "/admin", "/.git/config", "/.env"] {
        assert_eq!(portal.tester().get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn api10_unsafe_consumption_of_apis() {
    let portal = TestPortal::start(Sqlite).await;
    let markup = "<script>alert(1)</script>";
    let hostile = ScriptedTarget::start(move |_| Reply::status(500).body(json!({ "error": markup }))).await;
    portal.register_scripted("hostile", &hostile).await;
    let account = portal.tester().new_account_later("hostile").await;
    tried(&portal, &account).await;
    let shown = portal.tester().get(&format!("{ACCOUNTS}/{}", id(&account))).await;
    let page = portal.signed_in(Who::Tester).await.open(&format!("/accounts/{}", id(&account))).await;
    for text in [shown.text, page.text] {
        assert!(!text.contains(markup) && !text.contains("alert(1)"), "what a service says is not passed on");
    }
}
