//! `PUT /api/v1/services/{slug}`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, article_service,
};

#[rstest]
#[tokio::test]
async fn registers_the_service_with_that_slug_and_changes_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service("orders", "http://127.0.0.1:9");
    table.as_object_mut().unwrap().remove("slug");
    let created = portal.admin().put("/api/v1/services/orders", &table).await.expect(201);
    assert_eq!(created["slug"], "orders");
    assert_eq!(portal.admin().put("/api/v1/services/orders", &table).await.expect(200), created);
    table["name"] = "Orders".into();
    assert_eq!(portal.admin().put("/api/v1/services/orders", &table).await.expect(200)["name"], "Orders");
}

#[tokio::test]
async fn another_slug_in_the_table_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    let table = article_service("invoices", "http://127.0.0.1:9");
    assert_eq!(portal.admin().put("/api/v1/services/orders", &table).await.invalid_fields(), ["/slug"]);
    portal.manager().put("/api/v1/services/orders", &table).await.problem(403, "forbidden");
    portal.admin().put("/api/v1/services/No%20Slug", &table).await.problem(404, "not_found");
}
