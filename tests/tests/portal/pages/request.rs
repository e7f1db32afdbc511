//! `/accounts/new`

use rstest::rstest;
use serde_json::json;
use tests::{
    Browser,
    Database::{self, Postgres, Sqlite},
    SANDBOX, Sandbox, TestPortal, Who, article_service, field_names, field_value, with_approval,
};

const FORM: &str = "/accounts/new";
const ACTION: &str = "/actions/request_account";

#[rstest]
#[tokio::test]
async fn the_form_asks_for_an_account_and_leads_to_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    let form = browser.open(FORM).await;
    assert_eq!(
        field_names(&form.text, ACTION),
        ["services[]", "purpose", "ticket", "labels", "ttl", "count", "hint"]
    );
    let fields = [
        ("services[]", SANDBOX),
        ("purpose", "Checkout test"),
        ("ticket", "SHOP-7"),
        ("labels", "suite=checkout\r\nteam=shop"),
        ("ttl", "2h"),
        ("count", "1"),
        ("hint", "Shop7"),
    ];
    let page = browser.submit_and_follow(ACTION, &fields).await;
    assert_eq!(page.status, 200);
    let account = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    assert_eq!(account["state"], "active");
    assert!(account["username"].as_str().unwrap().contains("shop7"), "capitals become small");
    assert_eq!(account["labels"], serde_json::json!({ "suite": "checkout", "team": "shop" }));
    assert_eq!(account["requested_by"], serde_json::json!({ "kind": "person", "login": "tester" }));
    for shown in [account["username"].as_str().unwrap(), "Checkout test", "SHOP-7", "suite=checkout"] {
        assert!(page.text.contains(shown), "{shown}");
    }
}

#[rstest]
#[tokio::test]
async fn a_refusal_keeps_what_was_typed_and_stands_beside_its_field(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let other = Sandbox::start().await;
    portal.register(&article_service("orders", &other.0.url())).await;
    let browser = portal.signed_in(Who::Tester).await;
    let typed = [
        ("services[]", "orders"),
        ("purpose", "A & B \"quoted\" <b>bold</b>"),
        ("ticket", "SHOP-7"),
        ("labels", "suite</textarea><b>bold</b>&amp;"),
        ("ttl", "soon"),
        ("hint", "No!"),
    ];
    let page = browser.submit_and_follow(ACTION, &typed).await;
    for (name, value) in &typed[1..] {
        assert_eq!(field_value(&page.text, name).as_deref(), Some(*value), "{name}");
    }
    assert!(!page.text.contains("<b>bold"));
    for name in ["labels", "ttl", "hint"] {
        assert!(page.text.contains(&format!("id=\"{name}-error\"")), "{name}");
    }
    assert!(!page.text.contains("id=\"purpose-error\"") && !page.text.contains("id=\"services-error\""));
    let chosen = page.text.split("<input").find(|tag| tag.contains("value=\"orders\"")).unwrap();
    assert!(chosen.split('>').next().unwrap().contains("checked"), "{chosen}");
    assert!(portal.tester().get("/api/v1/accounts").await.items().is_empty());
    let again = browser.open(FORM).await;
    assert_eq!(field_value(&again.text, "ttl").as_deref(), Some(""), "it is shown once");
}

#[tokio::test]
async fn a_form_without_any_service_says_so() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let page = browser.submit_and_follow(ACTION, &[("purpose", "p")]).await;
    assert!(page.text.contains("id=\"services-error\""));
    assert!(!page.text.contains(" checked"), "what was unticked stays so");
    assert!(browser.open(FORM).await.text.contains(" checked"), "the only one is chosen from the start");
    let page = browser.submit_and_follow(ACTION, &[("services[]", "nobodys")]).await;
    assert!(page.text.contains("is not a registered service"));
}

#[tokio::test]
async fn a_script_gets_the_same_problem_as_the_api() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let answer = browser.script(ACTION, &[("services[]", SANDBOX), ("ttl", "soon")]).await;
    assert_eq!(answer.invalid_fields(), ["/ttl"]);
    let account = browser.script(ACTION, &[("services[]", SANDBOX)]).await.expect(200);
    assert_eq!(account["state"], "active");
    portal.browser().script(ACTION, &[("services[]", SANDBOX)]).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_form_says_whether_a_manager_has_to_agree() {
    let portal = TestPortal::start(Sqlite).await;
    let browser = portal.signed_in(Who::Tester).await;
    let (at_once, waits) = ("What you ask for is created at once", "A manager has to agree first");
    let says = async |browser: &Browser| {
        let page = browser.open(FORM).await;
        (page.text.contains(at_once), page.text.contains(waits), page.text.matches("data-waits").count())
    };
    assert_eq!(says(&browser).await, (true, false, 0));
    let guarded = with_approval(article_service("orders", &portal.sandbox.0.url()));
    portal.register(&guarded).await;
    assert_eq!(says(&browser).await, (true, true, 1), "it depends on what is chosen");
    portal.register(&with_approval(article_service(SANDBOX, &portal.sandbox.0.url()))).await;
    assert_eq!(says(&browser).await, (false, true, 2));
    let page = browser.submit_and_follow(ACTION, &[("services[]", SANDBOX)]).await;
    assert!(page.text.contains("A manager has to agree. You will find the account here"));
}

#[rstest]
#[tokio::test]
async fn what_kind_of_account_it_is_can_be_chosen_where_a_service_knows_any(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let other = Sandbox::start().await;
    let mut shop = article_service("shop", &other.0.url());
    shop["attributes"] = json!({ "country": "DE" });
    shop["personas"] =
        json!({ "premium": { "title": "Premium <b>customer</b>", "attributes": { "plan": "premium" } } });
    shop["http"]["create"] = json!({
        "request": "POST /create_account",
        "json": {
            "username": "{{ username }}", "password": "{{ password }}", "plan": "{{ attributes.plan }}",
            "country": "{{ attributes.country }}",
        },
    });
    portal.register(&shop).await;
    let browser = portal.signed_in(Who::Tester).await;
    let form = browser.open(FORM).await.text;
    assert!(
        field_names(&form, ACTION).ends_with(
            &["purpose", "ticket", "labels", "ttl", "count", "hint", "persona", "attributes"]
                .map(str::to_owned)
        ),
        "{:?}",
        field_names(&form, ACTION)
    );
    assert!(form.contains("Wants to know: plan"), "{form}");
    assert!(form.contains("Premium &lt;b&gt;customer&lt;/b&gt; (User service)"), "{form}");

    let none =
        browser.submit_and_follow(ACTION, &[("services[]", "shop"), ("attributes", "country")]).await.text;
    assert!(none.contains("line 1 has not") && none.contains(">country</textarea>"), "{none}");
    let none =
        browser.submit_and_follow(ACTION, &[("services[]", "shop"), ("attributes", "country=IT")]).await.text;
    assert!(none.contains("“plan” is needed by shop"), "{none}");
    let fields = [("services[]", "shop"), ("persona", "premium"), ("attributes", "country = IT")];
    let page = browser.submit_and_follow(ACTION, &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let account = portal.tester().get("/api/v1/accounts").await.items().remove(0);
    assert_eq!(account["attributes"], json!({ "country": "IT", "plan": "premium" }));
}
