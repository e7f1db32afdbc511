//! `DELETE /api/v1/teams/{slug}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, article_service,
};

const TEAM: &str = "/api/v1/teams/payments";

#[rstest]
#[tokio::test]
async fn a_team_goes_once_nobody_and_nothing_belongs_to_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.move_to_team(Who::Tester, "payments").await;
    let said = async || portal.admin().delete(TEAM).await.problem(409, "conflict")["detail"].to_string();
    assert!(said().await.contains("1 people belong"));
    let mut table = article_service("orders", &portal.sandbox.0.url());
    table["shared_with"] = json!(["payments"]);
    portal.register(&table).await;
    let account = portal.tester().new_account().await;
    portal.move_to_team(Who::Tester, "default").await;
    assert!(said().await.contains("The service orders"));
    table["shared_with"] = json!([]);
    portal.register(&table).await;
    assert!(said().await.contains("1 accounts belong"));
    portal
        .tester()
        .delete(&format!("/api/v1/accounts/{}", account["id"].as_str().unwrap()))
        .await
        .expect(200);
    portal.admin().delete(TEAM).await.expect(200);
    portal.admin().get(TEAM).await.problem(404, "not_found");
    portal.admin().delete("/api/v1/teams/default").await.problem(409, "conflict");
}
