//! `POST /api/v1/expiry/resume`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

use super::super::{EXPIRY, jump};

const RESUME: &str = "/api/v1/expiry/resume";

#[rstest]
#[tokio::test]
async fn an_admin_lets_leases_end_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    jump(&portal, 172_800).await;
    portal.manager().order(RESUME).await.problem(403, "forbidden");
    portal.narrowed(Who::Admin, &["accounts:write"]).await.order(RESUME).await.problem(403, "forbidden");
    assert_eq!(portal.admin().order(RESUME).await.expect(200), json!({ "paused": null }));
    assert_eq!(portal.tester().get(EXPIRY).await.expect(200), json!({ "paused": null }));
    assert_eq!(portal.tester().account_once("revoked", &id).await["end_reason"], "expired");
    portal.admin().order(RESUME).await.expect(200);
    assert_eq!(portal.events("action=expiry_resumed").await.len(), 1);
}
