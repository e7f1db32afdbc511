//! A service file, handed to the portal as a text.

use domain::{ProblemKind, portal::Applied};
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service,
};

/// A file with a table for each of these.
fn file(services: &[(&str, &str)]) -> String {
    let tables: Vec<_> = services.iter().map(|(slug, url)| article_service(slug, url)).collect();
    toml::to_string(&json!({ "service": tables })).unwrap()
}

fn told(applied: &Applied) -> (&'static str, &str) {
    match applied {
        Applied::Registered(service) => ("registered", service.slug.as_str()),
        Applied::Changed(service) => ("changed", service.slug.as_str()),
        Applied::Unchanged(service) => ("unchanged", service.slug.as_str()),
    }
}

async fn events(portal: &TestPortal, slug: &str) -> Vec<String> {
    let events = portal.events(&format!("service={slug}")).await;
    events.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn all_of_its_services_are_applied_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let first = file(&[("users", "http://127.0.0.1:1"), ("orders", "http://127.0.0.1:2")]);
    let second = file(&[
        ("users", "http://127.0.0.1:1"),
        ("stock", "http://127.0.0.1:3"),
        ("orders", "http://127.0.0.1:4"),
    ]);
    for (text, expected) in [
        (&first, vec![("registered", "users"), ("registered", "orders")]),
        (&second, vec![("unchanged", "users"), ("registered", "stock"), ("changed", "orders")]),
        (&second, vec![("unchanged", "users"), ("unchanged", "stock"), ("unchanged", "orders")]),
    ] {
        let applied = portal.apply_file(Who::Admin, text).await.unwrap();
        assert_eq!(applied.iter().map(told).collect::<Vec<_>>(), expected);
    }
    assert_eq!(events(&portal, "users").await, ["service_registered"]);
    assert_eq!(events(&portal, "orders").await, ["service_registered", "service_changed"]);
}

#[rstest]
#[tokio::test]
async fn where_one_cannot_be_applied_none_is(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    let moved = file(&[("stock", "http://127.0.0.1:3"), (SANDBOX, "http://127.0.0.1:4")]);
    let problem = portal.apply_file(Who::Admin, &moved).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert!(problem.detail.contains("service \"user-service\": The service holds accounts"), "{problem}");

    let wrong = file(&[("stock", "http://127.0.0.1:3"), ("orders", "ftp://127.0.0.1")]);
    let line = wrong.lines().position(|line| line.contains("ftp:")).unwrap() + 1;
    let problem = portal.apply_file(Who::Admin, &wrong).await.unwrap_err();
    assert_eq!((problem.kind, problem.errors.len()), (ProblemKind::Invalid, 1));
    assert_eq!(problem.errors[0].pointer, "/service/1/base_url");
    assert!(problem.errors[0].detail.ends_with(&format!("(line {line}, column 1)")), "{problem}");

    let problem = portal.apply_file(Who::Admin, "[[service]]\nslug = \"x\nname = 1").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unreadable);
    assert!(problem.detail.contains("(line 2, column "), "{problem}");
    portal.admin().get("/api/v1/services/stock").await.problem(404, "not_found");
    assert!(events(&portal, "stock").await.is_empty());
}

#[tokio::test]
async fn only_admins_may_apply_one_and_hear_what_is_wrong_with_it() {
    let portal = TestPortal::start(Sqlite).await;
    for text in ["no file", &file(&[("stock", "http://127.0.0.1:3")])] {
        let problem = portal.apply_file(Who::Tester, text).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Forbidden, "{problem}");
    }
    let refused = portal.events("action=refused").await;
    let wanted: Vec<_> = refused.iter().map(|event| event["subject"].as_str().unwrap()).collect();
    assert_eq!(wanted, ["apply_service", "apply_service"]);
}
