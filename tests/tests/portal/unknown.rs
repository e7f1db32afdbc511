//! What is not there: paths and methods.

use http::Method;
use tests::{Database::Sqlite, TestPortal, Who};

#[tokio::test]
async fn an_unknown_path_is_a_problem_for_programs() {
    let portal = TestPortal::start(Sqlite).await;
    for path in
        ["/api", "/api/v1", "/api/v1/nobodys", "/api/v2/accounts", "/actions/explode", "/live/x", "/assets/x"]
    {
        portal.tester().get(path).await.problem(404, "not_found");
    }
    portal.tester().order("/nowhere").await.problem(404, "not_found");
}

#[tokio::test]
async fn an_unknown_path_is_a_helpful_page_for_people() {
    let portal = TestPortal::start(Sqlite).await;
    for browser in [portal.browser(), portal.signed_in(Who::Tester).await] {
        let page = browser.open("/nowhere").await;
        assert_eq!(page.status, 404);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(
            page.text.contains("There is no page at this address")
                && page.text.contains(page.header("x-request-id"))
        );
    }
}

#[tokio::test]
async fn a_request_has_an_id_of_its_own_whatever_the_client_says() {
    let portal = TestPortal::start(Sqlite).await;
    let call = portal.tester().call(Method::GET, "/api/v1/me").header("x-request-id", "another-requests");
    let first = call.send().await;
    let second = portal.tester().get("/api/v1/me").await;
    let ids = [first.header("x-request-id"), second.header("x-request-id")];
    assert!(ids[0] != ids[1] && !ids.contains(&"another-requests") && !ids.contains(&""), "{ids:?}");
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_said_to_be_so() {
    let portal = TestPortal::start(Sqlite).await;
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/accounts", "GET"),
        (Method::PATCH, "/api/v1/me", "GET"),
        (Method::GET, "/create", "POST"),
        (Method::DELETE, "/api/v1/services", "POST"),
        (Method::POST, "/healthz", "GET"),
        (Method::GET, "/actions/sign_in", "POST"),
        (Method::POST, "/accounts", "GET"),
    ] {
        let answer = portal.tester().call(method.clone(), path).send().await;
        answer.problem(405, "method_not_allowed");
        assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
    }
}
