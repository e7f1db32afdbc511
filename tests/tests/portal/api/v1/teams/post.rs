//! `POST /api/v1/teams`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

const TEAMS: &str = "/api/v1/teams";

#[rstest]
#[tokio::test]
async fn a_team_is_added_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "slug": "payments", "name": "Payments & billing" });
    let answer = portal.admin().post(TEAMS, &body).await;
    assert_eq!(answer.expect(201)["name"], "Payments & billing");
    assert_eq!(answer.header("location"), "/api/v1/teams/payments");
    portal.admin().post(TEAMS, &body).await.problem(409, "conflict");
    let without_name = portal.admin().post(TEAMS, &json!({ "slug": "search" })).await.expect(201);
    assert_eq!(without_name["name"], "search");
}

#[tokio::test]
async fn what_cannot_be_accepted_is_pointed_at() {
    let portal = TestPortal::start(Sqlite).await;
    for (body, pointers) in [
        (json!({}), vec!["/slug"]),
        (json!({ "slug": "A team" }), vec!["/slug"]),
        (json!({ "slug": "a", "name": "x".repeat(101) }), vec!["/name"]),
        (json!({ "slug": "a", "color": "red" }), vec!["/color"]),
    ] {
        assert_eq!(portal.admin().post(TEAMS, &body).await.invalid_fields(), pointers, "{body}");
    }
}
