//! `/services/new`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, field_names, field_value,
};

use super::{APPLY, SCRIPT};

const PAGE: &str = "/services/new";

const CALLS: &str = r#"[service.http.create]
request = "POST /create_account"
json = { username = "{{ username }}", password = "{{ password }}" }

[service.http.delete]
request = "DELETE /delete_account/{{ username }}"

[service.attributes]
country = "DE"
"#;

#[rstest]
#[tokio::test]
async fn an_admin_registers_a_service(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let target = ScriptedTarget::start(|_| Reply::status(200)).await;
    let url = target.target.url();
    let admin = portal.signed_in(Who::Admin).await;
    assert!(admin.open("/services").await.text.contains("href=\"/services/new\""));
    let blank = admin.open(PAGE).await;
    let fields = [
        ("form[slug]", "orders"),
        ("form[name]", "Orders"),
        ("form[team]", ""),
        ("form[environment]", "test"),
        ("form[base_url]", &url),
        ("form[connector]", ""),
        ("form[secret]", ""),
        ("form[default_ttl]", "30m"),
        ("form[max_ttl]", ""),
        ("form[approval]", ""),
        ("form[max_active_per_person]", "7"),
        ("form[concurrency]", ""),
        ("form[toml]", &CALLS.replace('\n', "\r\n")),
    ];
    assert_eq!(field_names(&blank.text, APPLY), fields.map(|(name, _)| name));
    for offered in ["value=\"staging\"", "value=\"rabbitmq\"", "Left empty, 7d.", "Left empty, 100."] {
        assert!(blank.text.contains(offered), "{offered}");
    }
    let page = admin.submit_and_follow(APPLY, &fields).await;
    for shown in ["The service is registered.", "<h1>Orders</h1>", "country=DE", "Lease 30m, at most 7d"] {
        assert!(page.text.contains(shown), "{shown}");
    }
    let events = portal.events("action=service_registered&service=orders").await;
    let expected = json!({
        "slug": "orders", "name": "Orders", "environment": "test", "base_url": url,
        "policy": { "default_ttl": "30m", "max_active_per_person": 7 }, "attributes": { "country": "DE" },
        "http": {
            "create": {
                "request": "POST /create_account",
                "json": { "username": "{{ username }}", "password": "{{ password }}" },
            },
            "delete": { "request": "DELETE /delete_account/{{ username }}" },
        },
    });
    assert_eq!(
        (events[0]["details"]["definition"].clone(), &events[0]["actor"]["login"]),
        (expected, &json!("admin"))
    );
    let account = portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await;
    assert_eq!(account.expect(201)["attributes"], json!({ "country": "DE" }));
}

#[rstest]
#[tokio::test]
async fn a_refusal_keeps_what_was_typed_and_stands_where_it_was_typed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let toml = format!("# {SCRIPT}\n[service.http.create]\nreqest = \"{SCRIPT}\"\nrequest = \"GET\"\n");
    let typed = [
        ("form[slug]", "No Slug"),
        ("form[name]", SCRIPT),
        ("form[environment]", "production"),
        ("form[base_url]", "http://127.0.0.1:1/&\"x\""),
        ("form[connector]", ""),
        ("form[default_ttl]", "soon"),
        ("form[toml]", &toml),
    ];
    let page = admin.submit_and_follow(APPLY, &typed).await;
    for (name, value) in typed.iter().filter(|(name, _)| *name != "form[environment]") {
        assert_eq!(field_value(&page.text, name).as_deref(), Some(value.trim()), "{name}");
    }
    assert!(page.text.contains("<option value=\"production\" selected"), "what is not offered is shown too");
    assert!(!page.text.contains("<script>alert"));
    for name in ["slug", "environment", "default_ttl", "toml"] {
        assert!(page.text.contains(&format!("id=\"{name}-error\"")), "{name}");
        assert!(page.text.contains(&format!("href=\"#{name}\"")), "{name}");
    }
    assert!(!page.text.contains("id=\"max_ttl-error\""));
    for told in ["Line 3, column 1, `reqest = ", "http.create.reqest is not a field here", "Line 4, column 1"]
    {
        assert!(page.text.contains(told), "{told}");
    }

    let forbidden = portal.events("action=call_refused").await;
    assert!(forbidden.len() == 1 && forbidden[0].to_string().contains("production"), "{forbidden:?}");

    let broken = [("form[slug]", "orders"), ("form[toml]", "[service.http.create]\r\nrequest = GET\r\n")];
    let page = admin.submit_and_follow(APPLY, &broken).await;
    assert!(page.text.contains("Line 2, column 11, `request = GET`: is no TOML"), "{}", page.text);
    assert!(page.text.contains("id=\"environment-error\""), "what else is wrong is said as well");
    assert_eq!(portal.admin().get("/api/v1/services").await.items().len(), 1);
    assert_eq!(field_value(&admin.open(PAGE).await.text, "form[slug]").as_deref(), Some(""), "shown once");
}

#[tokio::test]
async fn a_whole_service_file_may_be_pasted() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let file = format!(
        "[[service]]\nslug = \"orders\"\nenvironment = \"test\"\nbase_url = \"{}\"\nconnector = \"article\"\n",
        portal.sandbox.0.url()
    );
    let twice = [("form[slug]", "orders"), ("form[toml]", &file)];
    let refused = admin.submit_and_follow(APPLY, &twice).await;
    let told = "Line 2, column 1, `slug = \"orders\"`: slug stands in its own field as well";
    assert!(refused.text.contains(told), "{}", refused.text);
    let page = admin.submit_and_follow(APPLY, &[("form[slug]", ""), ("form[toml]", &file)]).await;
    assert!(page.text.contains("The service is registered."), "{}", page.text);
    let again = admin.submit_and_follow(APPLY, &[("form[toml]", &file)]).await;
    assert!(
        again.text.contains("is a service&#x27;s already") || again.text.contains("is a service's already")
    );
    let two = format!("{file}[[service]]\nslug = \"billing\"\n");
    let two = admin.submit_and_follow(APPLY, &[("form[toml]", &two)]).await;
    assert!(two.text.contains("is a second service"), "{}", two.text);
}

#[tokio::test]
async fn what_is_there_already_is_not_overwritten_and_no_page_is_hidden() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let (before, url) = (portal.admin().get("/api/v1/services").await.items(), portal.sandbox.0.url());
    for (slug, told) in [(SANDBOX, "already"), ("new", "is a word of the portal")] {
        let fields = [
            ("form[slug]", slug),
            ("form[environment]", "test"),
            ("form[base_url]", &url),
            ("form[connector]", "article"),
        ];
        let page = admin.submit_and_follow(APPLY, &fields).await;
        assert!(page.text.contains("id=\"slug-error\"") && page.text.contains(told), "{}", page.text);
    }
    assert_eq!(portal.admin().get("/api/v1/services").await.items(), before);
}

#[tokio::test]
async fn only_admins_register_services() {
    let portal = TestPortal::start(Sqlite).await;
    let url = portal.sandbox.0.url();
    let fields = [
        ("form[slug]", "orders"),
        ("form[environment]", "test"),
        ("form[base_url]", &url),
        ("form[connector]", "article"),
    ];
    for who in [Who::Tester, Who::Manager] {
        let browser = portal.signed_in(who).await;
        assert!(!browser.open("/services").await.text.contains(PAGE));
        assert_eq!(browser.open(PAGE).await.status, 403);
        assert_eq!(browser.submit_and_follow(APPLY, &fields).await.status, 403);
        browser.script(APPLY, &fields).await.problem(403, "forbidden");
    }
    portal.browser().script(APPLY, &fields).await.problem(401, "unauthenticated");
    assert_eq!(portal.admin().get("/api/v1/services").await.items().len(), 1);
    assert!(!portal.events("action=refused").await.is_empty());
}

#[tokio::test]
async fn a_script_gets_the_same_problem_by_field() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let answer = admin.script(APPLY, &[("form[slug]", "orders"), ("form[toml]", "x = 1")]).await;
    assert_eq!(answer.invalid_fields(), ["/environment", "/base_url", "/toml"]);
}

#[tokio::test]
async fn names_and_the_like_are_shown_as_they_are() {
    let portal = TestPortal::start(Sqlite).await;
    let mut table = article_service("orders", &portal.sandbox.0.url());
    table["name"] = json!(SCRIPT);
    table["attributes"] = json!({ "country": SCRIPT });
    table["personas"] = json!({ "premium": { "title": SCRIPT, "attributes": { "plan": SCRIPT } } });
    portal.register(&table).await;
    let admin = portal.signed_in(Who::Admin).await;
    for path in ["/services", "/services/orders", "/services/orders/edit", "/accounts/new"] {
        let page = admin.open(path).await;
        assert!(
            !page.text.contains("<script>alert") && page.text.contains("&lt;script"),
            "{path}: {}",
            page.text
        );
    }
}
