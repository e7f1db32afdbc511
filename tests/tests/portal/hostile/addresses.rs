//! Where a service would lead the portal to.

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    Program, Reply, SANDBOX, Sandbox, ScriptedTarget, TestPortal, article_service,
};

use super::Trap;

const SERVICES: &str = "/api/v1/services";

/// Where the cloud keeps credentials, and other places that are none of ours,
/// as they can be written.
const FORBIDDEN: [&str; 12] = [
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://127.0.0.1@169.254.169.254/",
];

async fn refusals(portal: &TestPortal) -> Vec<Value> {
    portal.events("action=call_refused").await
}

#[rstest]
#[tokio::test]
async fn a_service_that_leads_elsewhere_is_not_registered_and_the_refusal_is_on_record(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let trap = Trap::start().await;
    let user = format!("http://orders.example.org@127.0.0.1:{}/", trap.port);
    for (count, base_url) in FORBIDDEN.into_iter().chain([user.as_str()]).enumerate() {
        let answer = portal.admin().post(SERVICES, &article_service("orders", base_url)).await;
        assert_eq!(answer.invalid_fields(), ["/base_url"], "{base_url}");
        let refusals = refusals(&portal).await;
        assert_eq!(refusals.len(), count + 1, "{base_url}: {refusals:?}");
        let last = refusals.last().unwrap();
        assert_eq!(
            (&last["service"], &last["actor"]["login"]),
            (&json!("orders"), &json!("admin")),
            "{last}"
        );
    }
    assert_eq!(portal.admin().get(SERVICES).await.items().len(), 1);
    trap.expect_nothing();
}

#[tokio::test]
async fn neither_does_a_single_step_lead_elsewhere() {
    let portal = TestPortal::start(Sqlite).await;
    let mut table = article_service("orders", "http://127.0.0.1:9");
    table["http"]["verify"]["request"] = json!("POST http://169.254.169.254/login");
    let answer = portal.admin().post(SERVICES, &table).await;
    assert_eq!(answer.invalid_fields(), ["/http/verify/request"]);
    assert_eq!(refusals(&portal).await.len(), 1);
}

#[tokio::test]
async fn a_mistake_that_leads_nowhere_is_no_refusal() {
    let portal = TestPortal::start(Sqlite).await;
    portal.admin().post(SERVICES, &article_service("No Slug", "ftp://127.0.0.1")).await.expect(422);
    assert!(refusals(&portal).await.is_empty());
}

#[tokio::test]
async fn a_service_file_with_one_such_service_changes_nothing() {
    let program = Program::new(Sqlite).await;
    let services =
        [article_service("orders", "http://127.0.0.1:9"), article_service("billing", "http://2852039166/")];
    let file = program.write("two.toml", &toml::to_string(&json!({ "service": services })).unwrap());
    let refused = program.run(&["service", "apply", &file]).await;
    assert!(
        refused.failure(1).contains(
            "service \"billing\", base_url: is not allowed: `169.254.169.254` is a link-local address"
        ),
        "{refused:?}"
    );
    assert_eq!(program.run(&["service", "list"]).await.success(), "");
}

#[rstest]
#[case::create("create")]
#[case::delete("delete")]
#[tokio::test]
async fn redirects_lead_nowhere(#[case] operation: &'static str) {
    let trap = Trap::start().await;
    let there: &'static str = format!("http://127.0.0.1:{}/", trap.port).leak();
    let service = ScriptedTarget::start(move |call| {
        let redirected = if operation == "create" { call.is_create() } else { call.is_delete() };
        if redirected { Reply::status(307).header("location", there) } else { Reply::status(200) }
    })
    .await;
    let portal = TestPortal::start(Sqlite).await;
    portal.register_scripted("orders", &service).await;
    let check = portal.admin().order("/api/v1/services/orders/check").await.expect(200);
    let failed = check["steps"].as_array().unwrap().iter().find(|step| step["name"] == operation).unwrap();
    assert_eq!(failed["ok"], false, "{check}");
    assert!(failed["detail"].as_str().unwrap().contains("redirect"), "{failed}");
    assert_eq!(portal.events("action=service_checked").await.len(), 1);
    trap.expect_nothing();
}

#[tokio::test]
async fn a_proxy_in_the_environment_gets_to_see_nothing() {
    let trap = Trap::start().await;
    let sandbox = Sandbox::start().await;
    let mut program = Program::new(Sqlite).await;
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        let proxy = format!("http://127.0.0.1:{}", trap.port);
        program.set(name, proxy.clone());
        program.set(&name.to_ascii_uppercase(), proxy);
    }
    program.apply_article_service(&sandbox.0.url()).await;
    program.add_person("tina", "tester", "correct horse battery").await;
    let token = program.issue_token("tina").await;
    let portal = program.serve().await;
    let account = Api::new(portal.url.clone(), Some(token))
        .post("/api/v1/accounts", &json!({ "services": [SANDBOX] }))
        .await
        .expect(201);
    assert_eq!(account["state"], "active");
    assert_eq!(sandbox.usernames().await, [account["username"].as_str().unwrap()]);
    trap.expect_nothing();
}
