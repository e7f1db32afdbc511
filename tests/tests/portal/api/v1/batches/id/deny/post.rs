//! `POST /api/v1/batches/{id}/deny`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal,
};

use super::super::super::{path_of, request};

#[rstest]
#[tokio::test]
async fn no_service_ever_hears_of_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let batch = request(&portal.tester(), SANDBOX, 3).await;
    let deny = path_of(&batch, "/deny");
    assert_eq!(portal.manager().post(&deny, &json!({})).await.invalid_fields(), ["/reason"]);
    portal.tester().post(&deny, &json!({ "reason": "mine" })).await.problem(403, "forbidden");
    let denied = portal.manager().post(&deny, &json!({ "reason": "ask for ten" })).await.expect(200);
    assert_eq!(
        (&denied["waiting"], &denied["failed"], &denied["state"]),
        (&json!(0), &json!(3), &json!("finished"))
    );
    for account in portal.tester().get("/api/v1/accounts?state=denied").await.items() {
        assert_eq!(account["decision_reason"], "ask for ten");
    }
    assert!(portal.sandbox.usernames().await.is_empty());
    assert_eq!(portal.events("action=account_denied").await.len(), 3);
    portal.manager().post(&deny, &json!({ "reason": "again" })).await.problem(409, "conflict");
}
