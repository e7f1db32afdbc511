//! `/services/{slug}/edit`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer, Browser,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, field_names, field_value,
};

use super::{APPLY, SCRIPT};

const PAGE: &str = "/services/user-service/edit";

const FIELDS: [&str; 14] = [
    "seen",
    "form[slug]",
    "form[name]",
    "form[team]",
    "form[environment]",
    "form[base_url]",
    "form[connector]",
    "form[secret]",
    "form[default_ttl]",
    "form[max_ttl]",
    "form[approval]",
    "form[max_active_per_person]",
    "form[concurrency]",
    "form[toml]",
];

/// What the page's form sends where only that is touched.
fn filled<'a>(page: &'a Answer, touched: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let as_it_is = |name| {
        let chosen = page.text.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        let chosen = chosen.split("</select>").next().unwrap();
        match chosen.split("<option").find(|option| option.contains(" selected")) {
            Some(option) if !field_is_typed(name) => {
                option.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
            }
            _ => field_value(&page.text, name).unwrap(),
        }
    };
    let value = |name| touched.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
    FIELDS.iter().map(|name| (*name, value(*name).unwrap_or_else(|| as_it_is(name)))).collect()
}

fn field_is_typed(name: &str) -> bool {
    !["form[environment]", "form[connector]", "form[approval]"].contains(&name)
}

async fn save(admin: &Browser, page: &Answer, touched: &[(&str, &str)]) -> Answer {
    let fields = filled(page, touched);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.submit_and_follow(APPLY, &fields).await
}

async fn definition(portal: &TestPortal) -> Value {
    let change = portal.events("service=user-service").await.into_iter().rfind(|event| {
        ["service_registered", "service_changed"].contains(&event["action"].as_str().unwrap())
    });
    change.unwrap()["details"]["definition"].clone()
}

/// A table that says by itself what would hold anyway.
fn explicit(portal: &TestPortal) -> Value {
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({
        "approval": "auto", "max_ttl": 86_400, "concurrency": 16, "password": { "length": 30 },
    });
    table["personas"] = json!({ "premium": { "attributes": { "plan": SCRIPT } } });
    table
}

#[rstest]
#[tokio::test]
async fn the_form_shows_the_table_and_changes_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.register(&explicit(&portal)).await;
    let admin = portal.signed_in(Who::Admin).await;
    assert!(admin.open("/services/user-service").await.text.contains(&format!("href=\"{PAGE}\"")));
    let page = admin.open(PAGE).await;
    assert_eq!(field_names(&page.text, APPLY), FIELDS);
    for (name, value) in [
        ("form[slug]", SANDBOX),
        ("form[name]", "User service"),
        ("form[base_url]", &portal.sandbox.0.url()),
        ("form[max_ttl]", "86400"),
        ("form[concurrency]", "16"),
        ("form[max_active_per_person]", ""),
    ] {
        assert_eq!(field_value(&page.text, name).as_deref(), Some(value), "{name}");
    }
    let toml = field_value(&page.text, "form[toml]").unwrap();
    for said in ["[service.policy]\npassword = { length = 30 }", "[service.http.verify]", SCRIPT] {
        assert!(toml.contains(said), "{toml}");
    }
    assert!(!page.text.contains("<script>alert") && !toml.contains("slug") && !toml.contains("approval"));

    let (before, events) = (definition(&portal).await, portal.events("").await.len());
    let saved = save(&admin, &page, &[]).await;
    assert!(saved.text.contains("The table is saved."), "{}", saved.text);
    assert_eq!(portal.events("").await.len(), events, "what was not touched is no change");

    let page = admin.open(PAGE).await;
    let toml = toml.replace("length = 30", "length = 32").replace('\n', "\r\n");
    save(&admin, &page, &[("form[name]", "Users"), ("form[max_ttl]", "2d"), ("form[toml]", &toml)]).await;
    let mut expected = before;
    expected["name"] = json!("Users");
    expected["policy"]["max_ttl"] = json!("2d");
    expected["policy"]["password"]["length"] = json!(32);
    assert_eq!(definition(&portal).await, expected);
}

#[rstest]
#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_not_overwritten(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    portal.clock.advance(std::time::Duration::from_secs(5));
    let mut theirs = article_service(SANDBOX, &portal.sandbox.0.url());
    theirs["name"] = json!("Theirs");
    portal.register(&theirs).await;
    let refused = save(&admin, &page, &[("form[name]", "Mine")]).await;
    assert!(refused.text.contains("Somebody else changed it meanwhile"), "{}", refused.text);
    assert_eq!(field_value(&refused.text, "form[name]").as_deref(), Some("Mine"));
    assert_eq!(field_value(&refused.text, "seen"), field_value(&page.text, "seen"), "it stays refused");
    assert!(refused.text.contains(&format!("href=\"{PAGE}\"")));
    assert_eq!(definition(&portal).await, theirs);
    let page = admin.open(PAGE).await;
    assert_eq!(field_value(&page.text, "form[name]").as_deref(), Some("Theirs"));
    save(&admin, &page, &[("form[name]", "Mine")]).await;
    assert_eq!(definition(&portal).await["name"], "Mine");
}

#[tokio::test]
async fn what_cannot_be_done_now_keeps_what_was_typed() {
    let portal = TestPortal::start(Sqlite).await;
    portal.tester().new_account().await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    let moved = save(&admin, &page, &[("form[base_url]", "http://127.0.0.1:9")]).await;
    assert!(moved.text.contains("could not be removed from its old address"), "{}", moved.text);
    assert_eq!(field_value(&moved.text, "form[base_url]").as_deref(), Some("http://127.0.0.1:9"));
    let emptied = save(&admin, &admin.open(PAGE).await, &[("form[base_url]", "")]).await;
    assert!(emptied.text.contains("id=\"base_url-error\""), "{}", emptied.text);
    let renamed = [("form[toml]", "[service]\nslug = \"orders\"")];
    let renamed = save(&admin, &admin.open(PAGE).await, &renamed).await;
    assert!(renamed.text.contains("Line 2, column 1, `slug"), "{}", renamed.text);
    assert_eq!(definition(&portal).await["base_url"], portal.sandbox.0.url());
}

#[rstest]
#[tokio::test]
async fn a_table_that_the_portal_cannot_use_any_more_can_be_mended(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["http"]["verify"]["of_old"] = json!(true);
    table["policy"] = json!({ "concurrency": 0 });
    let raw = portal.raw().await;
    raw.execute(&format!("UPDATE services SET definition = '{table}'")).await.unwrap();
    portal.admin().get("/api/v1/services/user-service").await.problem(422, "invalid");
    let admin = portal.signed_in(Who::Admin).await;
    for address in [PAGE, "/services/user-service"] {
        let page = admin.open(address).await;
        assert_eq!(page.status, 200);
        for told in
            ["cannot use this table as it stands", "id=\"concurrency-error\"", "http.verify.of_old is not"]
        {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
    }
    let page = admin.open(PAGE).await;
    let toml = field_value(&page.text, "form[toml]").unwrap().replace("of_old = true", "");
    let mended = save(&admin, &page, &[("form[concurrency]", "4"), ("form[toml]", &toml)]).await;
    assert!(mended.text.contains("The table is saved."), "{}", mended.text);
    portal.admin().get("/api/v1/services/user-service").await.expect(200);
}

#[tokio::test]
async fn what_toml_cannot_say_is_left_to_the_api() {
    let portal = TestPortal::start(Sqlite).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["http"]["verify"]["json"]["captcha"] = json!(null);
    portal.register(&table).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    assert_eq!(page.status, 409);
    assert!(page.text.contains("null at /http/verify/json/captcha"), "{}", page.text);
    assert_eq!(admin.open("/services/user-service").await.status, 200);
}

#[tokio::test]
async fn only_admins_edit_services() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open(PAGE).await;
    let fields = filled(&page, &[("form[name]", "Mine")]);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for who in [Who::Tester, Who::Manager] {
        let browser = portal.signed_in(who).await;
        assert!(!browser.open("/services/user-service").await.text.contains(PAGE));
        assert_eq!(browser.open(PAGE).await.status, 403);
        assert_eq!(browser.submit_and_follow(APPLY, &fields).await.status, 403);
    }
    assert_eq!(definition(&portal).await["name"], "User service");
    assert_eq!(admin.open("/services/nobodys/edit").await.status, 404);
    assert_eq!(admin.open("/services/No%20Slug/edit").await.status, 404);
}
