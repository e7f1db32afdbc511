//! `/services` and `/services/{slug}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, eventually, field_names,
};

const PAGE: &str = "/services/user-service";
const PAUSE: &str = "/actions/pause_service";
const RESUME: &str = "/actions/resume_service";
const RETIRE: &str = "/actions/retire_service";

#[rstest]
#[tokio::test]
async fn a_service_has_a_page_of_its_own(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let tester = portal.signed_in(Who::Tester).await;
    assert!(tester.open("/services").await.text.contains(&format!("href=\"{PAGE}\"")));
    let page = tester.open(PAGE).await;
    for shown in [SANDBOX, "User service", &portal.sandbox.0.url(), "article", "Lease 1h", "create", "active"]
    {
        assert!(page.text.contains(shown), "{shown}");
    }
    for action in [PAUSE, RESUME, RETIRE] {
        assert!(field_names(&page.text, action).is_empty(), "{action} is for admins");
    }
    assert_eq!(tester.open("/services/nobodys").await.status, 404);
    assert_eq!(tester.open("/services/No%20Slug").await.status, 404);
}

#[rstest]
#[tokio::test]
async fn an_admin_pauses_and_resumes_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    assert_eq!(field_names(&page.text, PAUSE), ["service", "reason"]);
    assert!(field_names(&page.text, RESUME).is_empty());
    let long = "x".repeat(501);
    let refused = admin.submit_and_follow(PAUSE, &[("service", SANDBOX), ("reason", &long)]).await;
    assert!(refused.text.contains("id=\"pause-reason-error\"") && refused.text.contains(&long));
    assert!(!refused.text.contains("id=\"retire-reason-error\""));
    let fields = [("service", SANDBOX), ("reason", "its disk is <full>")];
    let paused = admin.submit_and_follow(PAUSE, &fields).await;
    for shown in
        ["The service is paused.", "Paused since", "its disk is &lt;full&gt;", "data-state=\"paused\""]
    {
        assert!(paused.text.contains(shown), "{shown}");
    }
    assert_eq!(field_names(&paused.text, RESUME), ["service"]);
    assert!(field_names(&paused.text, PAUSE).is_empty());

    let tester = portal.signed_in(Who::Tester).await;
    assert!(tester.open("/services").await.text.contains("Paused since"));
    portal.register(&article_service("orders", &portal.sandbox.0.url())).await;
    let form = tester.open("/accounts/new").await;
    let closed = form.text.split("<input").find(|tag| tag.contains("value=\"user-service\"")).unwrap();
    assert!(closed.split('>').next().unwrap().contains("disabled"), "{closed}");
    assert!(closed.contains("Paused since") && closed.contains("its disk is &lt;full&gt;"), "{closed}");
    let open = form.text.split("<input").find(|tag| tag.contains("value=\"orders\"")).unwrap();
    assert!(!open.split('>').next().unwrap().contains("disabled"), "{open}");
    let sent = [("services[]", SANDBOX), ("purpose", "all the same")];
    let refused = tester.submit_and_follow("/actions/request_account", &sent).await;
    assert!(refused.text.contains("until an admin resumes it") && refused.text.contains("all the same"));

    let resumed = admin.submit_and_follow(RESUME, &[("service", SANDBOX)]).await;
    assert!(resumed.text.contains("gives accounts out again"));
    let again = admin.submit_and_follow(RESUME, &[("service", SANDBOX)]).await;
    assert!(again.text.contains("The service is not paused."));
    let manager = portal.signed_in(Who::Manager).await;
    assert!(
        manager.submit_and_follow(PAUSE, &[("service", SANDBOX)]).await.text.contains("You may not do this")
    );
    let said = admin.open("/audit?service=user-service").await;
    assert!(said.text.contains("Paused the service user-service: its disk is &lt;full&gt;"));
}

#[rstest]
#[tokio::test]
async fn an_admin_retires_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("orders", &service).await;
    let id = portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await.expect(201);
    service.now(|call| Reply::status(if call.is_delete() { 500 } else { 200 }));
    let admin = portal.signed_in(Who::Admin).await;
    assert_eq!(
        field_names(&admin.open("/services/orders").await.text, RETIRE),
        ["service", "drain", "reason"]
    );
    let refused = admin.submit_and_follow(RETIRE, &[("service", "orders")]).await;
    assert!(refused.text.contains("orders holds 1 account."), "{}", refused.text);
    let fields = [("service", "orders"), ("drain", "true"), ("reason", "it moved")];
    let retiring = admin.submit_and_follow(RETIRE, &fields).await;
    for shown in ["once all that it held is proven gone", "Retiring since", "it moved", "href=\"/batches/"] {
        assert!(retiring.text.contains(shown), "{shown}");
    }
    assert!(field_names(&retiring.text, RETIRE).is_empty());
    service.now(|_| Reply::status(200));
    portal.clock.advance(std::time::Duration::from_secs(1_000));
    eventually("it is retired", async || (admin.open("/services/orders").await.status == 404).then_some(()))
        .await;
    assert!(!admin.open("/services").await.text.contains("/services/orders"));
    assert_eq!(portal.tester().account(&id["id"]).await["state"], "revoked");
    let gone = admin.submit_and_follow(RETIRE, &[("service", SANDBOX)]).await;
    assert!(gone.text.contains("The service user-service is retired.") && gone.text.contains("<h1>Services"));
}
