//! `POST /api/v1/accounts/{id}/deny`

use rstest::rstest;
use serde_json::json;
use tests::Database::{self, Postgres, Sqlite};

use super::super::{path_of, portal_and_request};

#[rstest]
#[tokio::test]
async fn a_denied_request_never_touches_a_service(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    let account =
        portal.manager().act(&id, "deny", &json!({ "reason": "use the suite's" })).await.expect(200);
    assert_eq!((&account["state"], &account["end_reason"]), (&json!("denied"), &json!("denied")));
    assert_eq!(account["decision_reason"], "use the suite's");
    assert!(account["ended_at"].is_string());
    assert!(portal.sandbox.usernames().await.is_empty());
    portal.tester().order(&path_of(&id, "reveal")).await.problem(409, "conflict");
    portal.manager().order(&path_of(&id, "approve")).await.problem(409, "conflict");
    let again = portal.manager().act(&id, "deny", &json!({ "reason": "still" })).await;
    again.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn a_reason_is_owed(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    for body in [json!({}), json!({ "reason": " " }), json!({ "reason": null }), json!({ "reason": 5 })] {
        assert_eq!(portal.manager().act(&id, "deny", &body).await.invalid_fields(), ["/reason"], "{body}");
    }
    let nothing = portal.manager().order(&path_of(&id, "deny")).await;
    assert_eq!(nothing.invalid_fields(), ["/reason"]);
    assert_eq!(portal.tester().account(&id).await["state"], "requested");
}

#[rstest]
#[tokio::test]
async fn only_managers_deny(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    let reason = json!({ "reason": "no" });
    portal.tester().act(&id, "deny", &reason).await.problem(403, "forbidden");
    portal.second_tester().act(&id, "deny", &reason).await.problem(404, "not_found");
    let unknown = json!("0192f0c1-0000-7000-8000-000000000000");
    portal.manager().act(&unknown, "deny", &reason).await.problem(404, "not_found");
}
