//! Every refusal is a problem document.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

use super::{House, READER, as_token, fake_portal::ACCOUNT};
use crate::http::{Limit, Limits, routes};

const ACCOUNTS: &str = "/api/v1/accounts";

#[tokio::test]
async fn bad_bodies() {
    let house = House::new();
    assert_eq!(house.post(ACCOUNTS, "{").await.problem(400), "unreadable");

    let wrong = house.post(ACCOUNTS, r#"{"services": [1]}"#).await;
    assert_eq!(wrong.problem(422), "invalid");
    assert_eq!(wrong.pointers(), ["/services/0"]);

    let unknown = house.post(ACCOUNTS, r#"{"service": "orders"}"#).await;
    unknown.problem(422);
    assert_eq!(unknown.pointers(), ["/service"]);

    let form = as_token(Method::POST, ACCOUNTS)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("services=orders"))
        .unwrap();
    assert_eq!(house.send(form).await.problem(415), "unsupported_media_type");
}

#[tokio::test]
async fn a_body_over_one_mebibyte() {
    let house = House::new();
    let long = format!(r#"{{"purpose": "{}"}}"#, "x".repeat(1024 * 1024));
    assert_eq!(house.post(ACCOUNTS, &long).await.problem(413), "too_large");

    let chunks = futures::stream::iter([long.into_bytes()].map(Ok::<_, std::io::Error>));
    let streamed = as_token(Method::POST, ACCOUNTS)
        .header("content-type", "application/json")
        .body(Body::from_stream(chunks))
        .unwrap();
    assert_eq!(house.send(streamed).await.problem(413), "too_large");

    let sign_in = Request::post("/actions/sign_in").body(Body::from("x".repeat(1024 * 1024 + 1))).unwrap();
    assert_eq!(house.send(sign_in).await.problem(413), "too_large");
}

#[tokio::test]
async fn without_a_valid_token_one_is_told_how_to_authenticate() {
    let house = House::new();
    for authorization in [None, Some("Bearer wrong"), Some("Basic OndyYW5n"), Some("Digest x")] {
        for (method, path) in [(Method::GET, ACCOUNTS), (Method::POST, ACCOUNTS), (Method::POST, "/cleanup")]
        {
            let mut request = Request::builder().method(method).uri(path);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let answer = house.send(request.body(Body::from("{")).unwrap()).await;
            assert_eq!(answer.problem(401), "unauthenticated");
            let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
            assert_eq!(challenges.len(), 2);
            assert!(challenges[0].to_str().unwrap().starts_with("Bearer"));
            assert!(challenges[1].to_str().unwrap().starts_with("Basic"));
        }
    }
}

#[tokio::test]
async fn authorisation_comes_before_validation() {
    let house = House::new();
    for body in [r#"{"services": ["orders"]}"#, r#"{"bogus": 1}"#, "{"] {
        let request = Request::post(ACCOUNTS)
            .header("authorization", format!("Bearer {READER}"))
            .header("content-type", "application/json");
        assert_eq!(house.send(request.body(Body::from(body)).unwrap()).await.problem(403), "forbidden");
    }
    assert_eq!(house.get("/api/v1/events?bogus=1").await.problem(403), "forbidden");
    assert_eq!(house.post("/api/v1/services", "[]").await.problem(403), "forbidden");
}

#[tokio::test]
async fn what_is_not_there() {
    let house = House::new();
    for path in [
        "/api/v1/accounts/0190b5a4-0000-7000-8000-000000000000",
        "/api/v1/accounts/none",
        "/api/v1/accounts/%FF",
        "/api/v1/accounts/none/history",
        "/api/v1/services/No%20Slug",
        "/api/v1/nothing",
        "/api/v2/accounts",
        "/actions/nothing",
        "/api/docs/nothing",
        "/assets/0000/style.css",
    ] {
        assert_eq!(house.get(path).await.problem(404), "not_found", "{path}");
    }
    let page = house.get("/nothing").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn a_method_that_is_not_offered() {
    let answer = House::new().send(as_token(Method::PATCH, ACCOUNTS).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(405), "method_not_allowed");
    assert!(answer.header("allow").contains("POST"));
}

#[tokio::test]
async fn bad_queries() {
    let house = House::new();
    for (query, pointer) in
        [("sate=active", "/sate"), ("state=gone", "/state"), ("limit=0", "/limit"), ("q=a&q=b", "/q")]
    {
        let answer = house.get(&format!("{ACCOUNTS}?{query}")).await;
        assert_eq!(answer.problem(422), "invalid", "{query}");
        assert_eq!(answer.pointers(), [pointer]);
    }
}

#[tokio::test]
async fn a_slug_in_the_body_that_is_not_the_one_in_the_address() {
    let house = House::new();
    let request = as_token(Method::PUT, "/api/v1/services/orders")
        .header("content-type", "application/json")
        .body(Body::from(r#"{"slug": "users"}"#))
        .unwrap();
    // The token's owner may not change services at all, and is told only that.
    assert_eq!(house.send(request).await.problem(403), "forbidden");
}

#[tokio::test]
async fn a_panic_is_a_fault_of_our_own() {
    let answer = House::new().post(ACCOUNTS, r#"{"services": ["orders"], "purpose": "panic"}"#).await;
    assert_eq!(answer.problem(500), "internal");
}

#[tokio::test]
async fn a_quota_that_is_used_up() {
    let answer = House::new().post(ACCOUNTS, r#"{"services": ["orders"], "purpose": "quota"}"#).await;
    assert_eq!(answer.problem(429), "quota_exceeded");
}

#[tokio::test]
async fn tokens_cannot_be_guessed_for_long_but_valid_ones_always_pass() {
    let twice = Limit { times: 2, within: Duration::from_secs(60) };
    let house = House::with(Limits { tokens: twice, ..Limits::default() }, true);
    let guess =
        || Request::get(ACCOUNTS).header("authorization", "Bearer guess").body(Body::empty()).unwrap();
    for _ in 0..2 {
        house.send(guess()).await.problem(401);
    }
    let refused = house.send(guess()).await;
    assert_eq!(refused.problem(429), "too_many_attempts");
    assert!((1..=60).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(house.get(ACCOUNTS).await.status, StatusCode::OK);
    let anonymous = Request::get(ACCOUNTS).body(Body::empty()).unwrap();
    house.send(anonymous).await.problem(401);
}

#[tokio::test]
async fn what_another_site_sends_is_refused_on_every_route() {
    let house = House::new();
    for (method, path) in routes() {
        let path = path.replace("{id}", &ACCOUNT.to_string()).replace(['{', '}', '*'], "");
        let request = as_token(method.clone(), &path).header("sec-fetch-site", "cross-site");
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(403), "cross_site", "{method} {path}");
    }
}

#[tokio::test]
async fn no_route_is_open_to_strangers_by_accident() {
    const OPEN: [&str; 9] = [
        "/healthz",
        "/readyz",
        "/api/openapi.json",
        "/api/docs",
        "/api/docs/",
        "/api/docs/{*file}",
        "/assets/{hash}/{*file}",
        "/sign-in",
        "/actions/sign_in",
    ];
    let house = House::new();
    for (method, path) in routes().into_iter().filter(|(_, path)| !OPEN.contains(&path.as_str())) {
        if !(path.starts_with("/api/v1/") || ["/create", "/cleanup", "/live"].contains(&path.as_str())) {
            continue; // Pages and server functions answer strangers in their own way.
        }
        let request = Request::builder().method(method.clone()).uri(path.replace(['{', '}', '*'], ""));
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(401), "unauthenticated", "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let house = House::new();
    for path in ["/healthz", "/api/v1/me", "/api/docs", "/sign-in", "/nothing", "/api/v1/nothing"] {
        let answer = house.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("x-request-id").starts_with("request-"), "{path}");
    }
}
