//! `GET /api/v1/services`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, assert_has,
};

use super::SERVICE;

#[rstest]
#[tokio::test]
async fn lists_all_services_by_slug(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for slug in ["zebra", "aardvark"] {
        portal.register(&article_service(slug, "http://127.0.0.1:9")).await;
    }
    let services = portal.tester().get("/api/v1/services").await.items();
    let slugs: Vec<_> = services.iter().map(|service| service["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["aardvark", SANDBOX, "zebra"]);
    services.iter().for_each(|service| assert_has(service, &SERVICE));
    assert_eq!(services[0]["capabilities"], json!(["create", "verify", "delete"]));
    assert_eq!(services[0]["policy"]["default_ttl"], "1h");
}

#[tokio::test]
async fn whoever_may_ask_for_accounts_may_name_a_service() {
    let portal = TestPortal::start(Sqlite).await;
    for scope in ["services:read", "accounts:write"] {
        let api = portal.narrowed(Who::Tester, &[scope]).await;
        assert_eq!(api.get("/api/v1/services").await.items().len(), 1);
    }
    let blind = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    blind.get("/api/v1/services").await.problem(403, "forbidden");
}
