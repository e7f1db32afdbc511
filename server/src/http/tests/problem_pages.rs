//! Somebody at a browser sees a page, whatever goes wrong.

use axum::{
    body::Body,
    http::{Method, Request, request::Builder},
};

use super::{Answer, House, fake_portal::PASSWORD, sessions::cookie};

fn at_a_browser(method: Method, path: &str) -> Builder {
    let request = Request::builder().method(method).uri(path);
    request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

impl House {
    async fn browse(&self, request: Builder, body: impl Into<Body>) -> Answer {
        self.send(request.body(body.into()).unwrap()).await
    }
}

impl Answer {
    /// Checks that it is a whole page with that status and that heading, and
    /// that it names the request.
    fn explains(&self, status: u16, heading: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.header("content-security-policy").contains("style-src 'self'"));
        assert!(self.body.starts_with("<!DOCTYPE html>") && self.body.ends_with("</html>"), "{}", self.body);
        assert!(self.body.contains(&format!("<h1>{heading}</h1>")), "{}", self.body);
        assert!(self.body.contains(self.header("x-request-id")), "{}", self.body);
    }
}

#[tokio::test]
async fn a_method_that_is_not_offered() {
    let house = House::new();
    for (method, path, allowed) in
        [(Method::GET, "/actions/sign_in", "POST"), (Method::POST, "/accounts", "GET,HEAD")]
    {
        let answer = house.browse(at_a_browser(method, path), "").await;
        answer.explains(405, "That cannot be done at this address");
        assert_eq!(answer.header("allow"), allowed);
        assert!(!answer.body.contains("`Allow`"), "that is for programs");
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let house = House::new();
    for (method, path) in [
        (Method::GET, "/nowhere"),
        (Method::POST, "/nowhere"),
        (Method::GET, "/actions/nothing"),
        (Method::POST, "/actions/nothing"),
    ] {
        house.browse(at_a_browser(method, path), "").await.explains(404, "There is nothing here");
    }
}

#[tokio::test]
async fn a_form_over_one_mebibyte() {
    let house = House::new();
    for path in ["/actions/sign_in", "/actions/request_account"] {
        let long = "x".repeat(1024 * 1024 + 1);
        let form = at_a_browser(Method::POST, path).header("content-length", long.len());
        house.browse(form, long).await.explains(413, "That was too much to send");
    }
}

#[tokio::test]
async fn what_another_site_sends() {
    let house = House::new();
    for path in ["/actions/revoke_account", "/accounts", "/nowhere"] {
        let form = at_a_browser(Method::POST, path).header("sec-fetch-site", "cross-site");
        house.browse(form, "").await.explains(403, "The request came from another site");
    }
}

#[tokio::test]
async fn a_panic_leaves_the_visitor_signed_in() {
    let house = House::new();
    let cookie = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    let page = at_a_browser(Method::GET, "/accounts?q=panic").header("cookie", &cookie);
    let form = at_a_browser(Method::POST, "/actions/request_account")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", &cookie);
    for answer in [house.browse(page, "").await, house.browse(form, "services[]=orders&purpose=panic").await]
    {
        answer.explains(500, "Something went wrong on our side");
        assert!(answer.body.contains("Signed in as tester"), "{}", answer.body);
    }
}

#[tokio::test]
async fn programs_addresses_answer_problems_even_to_browsers() {
    let house = House::new();
    for (method, path, status) in [
        (Method::GET, "/api/v1/nothing", 404),
        (Method::GET, "/api/v1/me", 401),
        (Method::PATCH, "/api/v1/accounts", 405),
        (Method::GET, "/create", 405),
        (Method::GET, "/live", 401),
    ] {
        house.browse(at_a_browser(method, path), "").await.problem(status);
    }
    let foreign = at_a_browser(Method::GET, "/api/v1/me").header("sec-fetch-site", "cross-site");
    house.browse(foreign, "").await.problem(403);
}
