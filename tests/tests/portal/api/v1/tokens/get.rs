//! `GET /api/v1/tokens`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

use super::TOKEN;

#[rstest]
#[tokio::test]
async fn lists_ones_own_newest_first_without_their_text(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let text = portal.issue_token(Who::Tester, &["accounts:read"], "1h").await;
    let answer = portal.tester().get("/api/v1/tokens").await;
    let tokens = answer.items();
    assert_eq!(tokens.len(), 2);
    tokens.iter().for_each(|token| assert_has(token, &TOKEN));
    assert!(tokens.iter().all(|token| token["owner"] == "tester"));
    assert_eq!(tokens[0]["scopes"], serde_json::json!(["accounts:read"]));
    assert!(!answer.text.contains(&text) && !answer.text.contains(portal.tester().token()));
    let first = portal.tester().get("/api/v1/tokens?limit=1").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let second = portal.tester().get(&format!("/api/v1/tokens?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&first["items"][0], &second["items"][0]), (&tokens[0], &tokens[1]));
    assert!(second["next"].is_null());
}

#[tokio::test]
async fn somebody_else_s_are_for_admins() {
    let portal = TestPortal::start(Sqlite).await;
    let theirs = portal.admin().get("/api/v1/tokens?owner=tester").await.items();
    assert_eq!(theirs[0]["id"], portal.tester().get("/api/v1/tokens").await.items()[0]["id"]);
    portal.manager().get("/api/v1/tokens?owner=tester").await.problem(403, "forbidden");
    portal.tester().get("/api/v1/tokens?owner=tester").await.expect(200);
    portal.admin().get("/api/v1/tokens?owner=nobody").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    for (query, pointer) in [("limit=0", "/limit"), ("cursor=x", "/cursor"), ("of=admin", "/of")] {
        let answer = portal.tester().get(&format!("/api/v1/tokens?{query}")).await;
        assert_eq!(answer.invalid_fields(), [pointer], "{query}");
    }
}
