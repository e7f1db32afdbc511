//! `/people`, `/people/{login}` and `/teams`

use tests::{Database::Sqlite, TestPortal, Who, field_value, text_of};

#[tokio::test]
async fn an_admin_adds_somebody_and_gets_the_link_to_pass_on() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let page = admin.open("/people").await;
    assert!(page.text.contains("second-tester") && page.text.contains("/actions/add_person"));
    let added =
        admin.submit("/actions/add_person", &[("login", "ann"), ("role", "manager"), ("team", "")]).await;
    assert_eq!(added.status, 200);
    assert_eq!(added.header("cache-control"), "no-store");
    let link = text_of(&added.text, "shown").unwrap();
    let path = link.strip_prefix(&portal.url()).unwrap();
    assert!(portal.browser().open(path).await.text.contains("Choose a password for ann"));
    let person = admin.open("/people/ann").await;
    assert!(!person.text.contains(path.split_once("code=").unwrap().1), "it is never shown again");
    assert!(person.text.contains("not yet"), "she cannot sign in before she has a password");
}

#[tokio::test]
async fn what_was_typed_stays_where_it_cannot_be_accepted() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let fields = [("login", "Ann Lee"), ("role", "tester"), ("team", "default")];
    let page = admin.submit_and_follow("/actions/add_person", &fields).await;
    assert_eq!(field_value(&page.text, "login").as_deref(), Some("Ann Lee"));
    assert!(page.text.contains("May contain only lower-case letters"));
    let page = admin.submit_and_follow("/actions/add_team", &[("slug", "A B"), ("name", "Ab")]).await;
    assert_eq!(field_value(&page.text, "slug").as_deref(), Some("A B"));
}

#[tokio::test]
async fn role_team_and_ways_in_change_by_buttons() {
    let portal = TestPortal::start(Sqlite).await;
    let admin = portal.signed_in(Who::Admin).await;
    let teams = admin.submit_and_follow("/actions/add_team", &[("slug", "payments"), ("name", "")]).await;
    assert!(teams.text.contains("The team payments was added."));
    let change = [("login", "tester"), ("role", "manager"), ("team", "payments")];
    let page = admin.submit_and_follow("/actions/change_person", &change).await;
    assert!(page.text.contains("tester was changed."));
    let me = portal.tester().get("/api/v1/me").await.expect(200);
    assert_eq!((me["role"].as_str(), me["team"].as_str()), (Some("manager"), Some("payments")));
    let page = admin.submit_and_follow("/actions/disable_person", &[("login", "tester")]).await;
    assert!(page.text.contains("tester is shut out.") && page.text.contains("/actions/enable_person"));
    let page = admin.submit_and_follow("/actions/enable_person", &[("login", "tester")]).await;
    assert!(page.text.contains("tester can sign in again."));
    let last = admin.submit_and_follow("/actions/disable_person", &[("login", "admin")]).await;
    assert!(last.text.contains("admin is the last admin who can sign in."), "{}", last.text);
    let removed = admin.submit_and_follow("/actions/remove_team", &[("team", "payments")]).await;
    assert!(removed.text.contains("1 people belong to payments"));
}
