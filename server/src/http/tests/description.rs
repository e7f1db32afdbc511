//! The API's description and the page to browse it with.

use std::collections::HashSet;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::{Value, json};

use super::{House, as_token};
use crate::http::routes;

async fn document() -> Value {
    let answer = House::new().get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

#[tokio::test]
async fn every_operation_says_who_may_call_and_what_can_go_wrong() {
    let document = document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(document["components"]["securitySchemes"]["basic"]["scheme"], "basic");
    let mut ids = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{method} {path}");
            for (status, response) in responses {
                assert!(
                    !response["description"].as_str().unwrap_or_default().is_empty(),
                    "{method} {path} {status}"
                );
            }
            let is_open = operation["security"] == json!([{}]);
            if !is_open {
                for status in ["401", "403", "429", "500", "default"] {
                    assert!(responses.contains_key(status), "{method} {path} {status}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_can_be_repeated_and_what_can_be_waited_for_says_so() {
    let document = document().await;
    let headers = |operation: &Value| -> Vec<String> {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let headers = parameters.into_iter().filter(|parameter| parameter["in"] == "header");
        headers.map(|header| header["name"].as_str().unwrap().to_owned()).collect()
    };
    for (path, item) in document["paths"].as_object().unwrap() {
        let post = &item["post"];
        // What needs no token belongs to nobody who could repeat it.
        let needs_token = post.get("security").is_none();
        if post.is_object() && needs_token {
            assert!(headers(post).contains(&"Idempotency-Key".to_owned()), "{path}");
            assert!(post["responses"]["409"].is_object() && post["responses"]["422"].is_object(), "{path}");
        }
        for method in ["get", "put", "delete"] {
            assert!(!headers(&item[method]).contains(&"Idempotency-Key".to_owned()), "{method} {path}");
        }
    }
    let account = "/api/v1/accounts/{id}";
    let mut waiting = vec![("delete", account.to_owned())];
    for what in ["approve", "reset", "hand-over", "freeze", "unfreeze"] {
        waiting.push(("post", format!("{account}/{what}")));
    }
    for path in ["/api/v1/accounts", "/api/v1/cleanups", "/create", "/cleanup"] {
        waiting.push(("post", path.to_owned()));
    }
    for (method, path) in waiting {
        let operation = &document["paths"][&path][method];
        assert!(headers(operation).contains(&"Prefer".to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut HashSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if let ("$ref", Value::String(to)) = (name.as_str(), value) {
                        found.insert(to.clone());
                    }
                    references(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document().await;
    let mut found = HashSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_route_that_is_listed_is_served() {
    let house = House::new();
    let routes = routes();
    let once: HashSet<_> = routes.iter().collect();
    assert_eq!(once.len(), routes.len());
    for (method, path) in routes {
        let request = as_token(Method::OPTIONS, &path.replace(['{', '}', '*'], ""));
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert!(
            answer.header("allow").contains(method.as_str()),
            "{method} {path}: {}",
            answer.header("allow")
        );
    }
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let house = House::new();
    for path in ["/api/docs", "/api/docs/"] {
        let page = house.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("//"), "{}", page.body);
        for file in page.body.split('"').filter(|text| text.starts_with("/api/docs/")) {
            assert_eq!(house.get(file).await.status, StatusCode::OK, "{file}");
        }
    }
    let set_up = house.get("/api/docs/swagger-initializer.js").await;
    assert!(set_up.body.contains("/api/openapi.json"), "{}", set_up.body);
}
