//! `DELETE /api/v1/tokens/{id}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

use super::super::TOKEN;

#[rstest]
#[tokio::test]
async fn a_revoked_token_is_worth_nothing_from_then_on(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issued = portal.tester().post("/api/v1/tokens", &json!({ "name": "lost" })).await.expect(201);
    let lost = portal.anonymous().with_token(issued["text"].as_str().unwrap());
    lost.get("/api/v1/me").await.expect(200);
    let path = format!("/api/v1/tokens/{}", issued["id"].as_str().unwrap());
    let revoked = portal.tester().delete(&path).await.expect(200);
    assert_has(&revoked, &TOKEN);
    assert!(revoked["revoked_at"].is_string());
    lost.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(portal.tester().delete(&path).await.expect(200), revoked, "again changes nothing");
    assert_eq!(portal.events("action=token_revoked").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn somebody_elses_token_is_not_found_except_by_admins(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issued = portal.tester().post("/api/v1/tokens", &json!({ "name": "mine" })).await.expect(201);
    let path = format!("/api/v1/tokens/{}", issued["id"].as_str().unwrap());
    for who in [Who::SecondTester, Who::Manager] {
        portal.api(who).delete(&path).await.problem(404, "not_found");
    }
    portal.admin().delete(&path).await.expect(200);
    for id in ["nonsense", &uuid::Uuid::nil().to_string()] {
        portal.tester().delete(&format!("/api/v1/tokens/{id}")).await.problem(404, "not_found");
    }
}

#[rstest]
#[tokio::test]
async fn a_narrowed_token_neither_lists_nor_revokes_others(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issued = portal.tester().post("/api/v1/tokens", &json!({ "name": "wide" })).await.expect(201);
    let narrow = json!({ "name": "narrow", "scopes": ["accounts:read"] });
    let narrow = portal.tester().post("/api/v1/tokens", &narrow).await.expect(201);
    let narrow = portal.anonymous().with_token(narrow["text"].as_str().unwrap());
    narrow.get("/api/v1/tokens").await.problem(403, "forbidden");
    let path = format!("/api/v1/tokens/{}", issued["id"].as_str().unwrap());
    narrow.delete(&path).await.problem(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn revoking_a_token_revokes_what_was_issued_through_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issue = async |by: &tests::Api, name: &str| {
        let issued = by.post("/api/v1/tokens", &json!({ "name": name })).await.expect(201);
        (issued["id"].clone(), portal.anonymous().with_token(issued["text"].as_str().unwrap()))
    };
    let (stolen, by_thief) = issue(&portal.tester(), "stolen").await;
    let (_, child) = issue(&by_thief, "child").await;
    let (_, grandchild) = issue(&child, "grandchild").await;
    portal.tester().delete(&format!("/api/v1/tokens/{}", stolen.as_str().unwrap())).await.expect(200);
    for token in [by_thief, child, grandchild] {
        token.get("/api/v1/me").await.problem(401, "unauthenticated");
    }
    portal.tester().get("/api/v1/me").await.expect(200);
}
