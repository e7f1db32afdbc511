//! `GET /api/v1/teams`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

#[rstest]
#[tokio::test]
async fn lists_the_teams_everybody_s_first(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for slug in ["search", "billing"] {
        portal.admin().post("/api/v1/teams", &json!({ "slug": slug })).await.expect(201);
    }
    let teams = portal.admin().get("/api/v1/teams").await.items();
    let slugs: Vec<_> = teams.iter().map(|team| team["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["default", "billing", "search"]);
    assert_eq!(portal.admin().get("/api/v1/teams/billing").await.expect(200), teams[1]);
}
