//! `GET /api/openapi.json` and the page that shows it.

use rstest::rstest;
use tests::{Answer, Database, TestPortal};

#[rstest]
#[tokio::test]
async fn the_description_names_every_call_of_the_api() {
    let portal = TestPortal::start(Database::Sqlite).await;
    let document = portal.anonymous().get("/api/openapi.json").await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (method, path) in server::http::routes() {
        let described = path.starts_with("/api/v1") || path == "/create" || path == "/cleanup";
        let method = method.as_str().to_lowercase();
        assert!(!described || document["paths"][&path][&method].is_object(), "{method} {path}");
    }
}

#[tokio::test]
async fn its_page_takes_nothing_from_any_other_host() {
    let portal = TestPortal::start(Database::Sqlite).await;
    let page: Answer = portal.anonymous().get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("://"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}
