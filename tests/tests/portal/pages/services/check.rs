//! The check on `/services/{slug}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Received, Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, field_names,
};

const CHECK: &str = "/actions/check_service";

#[rstest]
#[tokio::test]
async fn an_admin_tries_a_service_out_and_everybody_sees_what_came_of_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open("/services/user-service").await;
    assert_eq!(field_names(&page.text, CHECK), ["service"]);
    assert!(page.text.contains("It was not tried out"));
    assert!(page.text.contains("Makes one account on the service"), "it says beforehand what it does");
    let page = admin.submit_and_follow(CHECK, &[("service", SANDBOX)]).await;
    for shown in [
        "Every step went as it should.",
        "Log in with a wrong password",
        "Log in while disabled",
        "Log in once deleted",
        "data-state=\"passed\"",
        " ms",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(!page.text.contains("data-state=\"failed\""));
    assert!(portal.sandbox.usernames().await.is_empty());

    let tester = portal.signed_in(Who::Tester).await;
    let page = tester.open("/services/user-service").await;
    assert!(page.text.contains("Every step went as it should.") && field_names(&page.text, CHECK).is_empty());
    tester.script(CHECK, &[("service", SANDBOX)]).await.problem(403, "forbidden");
    let refused = tester.submit_and_follow(CHECK, &[("service", SANDBOX)]).await;
    assert!(refused.text.contains("You may not do this"));
}

#[tokio::test]
async fn a_failed_step_says_what_to_change_and_what_is_not_relied_on() {
    let portal = TestPortal::start(Sqlite).await;
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("orders", &service).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.submit_and_follow(CHECK, &[("service", "orders")]).await;
    for shown in [
        "Not every step went as it should.",
        "data-state=\"failed\"",
        "accepts a wrong password",
        "Not relied on until the table is changed: verify.",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }

    let mut table = article_service("orders", &service.target.url());
    table["http"]["create"] = json!({
        "request": "POST /create_account", "json": { "username": "{{ username }}" },
    });
    portal.register(&table).await;
    service.now(|call: &Received| Reply::status(if call.is_create() { 422 } else { 404 }));
    assert!(admin.open("/services/orders").await.text.contains("It was not tried out"), "it was changed");
    let page = admin.submit_and_follow(CHECK, &[("service", "orders")]).await;
    assert!(page.text.contains("add a rule such as { status = 422"), "{}", page.text);
}
