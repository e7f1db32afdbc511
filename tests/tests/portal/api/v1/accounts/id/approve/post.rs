//! `POST /api/v1/accounts/{id}/approve`

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, full_service, with_approval,
};

use super::super::{path_of, portal_and_request};

#[rstest]
#[tokio::test]
async fn a_manager_agrees_and_only_then_is_anything_created(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    assert!(portal.sandbox.usernames().await.is_empty());
    // Without a body, as curl sends it where it is told of none.
    let answer = portal.manager().order(&path_of(&id, "approve")).await;
    let account = answer.expect(200);
    assert_eq!((&account["state"], &account["approved_by"]), (&json!("active"), &json!("manager")));
    assert!(account.get("credentials").is_none(), "whoever agrees is not who holds it");
    assert_eq!(portal.sandbox.usernames().await, [account["username"].as_str().unwrap()]);
    portal.tester().order(&path_of(&id, "reveal")).await.expect(200);
    portal.manager().order(&path_of(&id, "reveal")).await.problem(403, "forbidden");
    let actions = portal.tester().actions_of(&id).await;
    assert_eq!(actions[..2], ["account_requested", "account_approved"]);
}

#[rstest]
#[tokio::test]
async fn the_reason_is_kept(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    let approved = portal.admin().act(&id, "approve", &json!({ "reason": " for Friday " })).await.expect(200);
    assert_eq!(
        (&approved["approved_by"], &approved["decision_reason"]),
        (&json!("admin"), &json!("for Friday"))
    );
    let event = portal.events("action=account_approved").await.remove(0);
    assert_eq!(event["details"]["reason"], "for Friday");
}

#[rstest]
#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look(#[values(Sqlite, Postgres)] database: Database) {
    let (mut portal, id) = portal_and_request(database).await;
    portal.sandbox.0.go_down();
    let call = portal.manager().call(Method::POST, &path_of(&id, "approve"));
    let answer = call.header("prefer", "respond-async").send().await;
    assert_eq!(answer.expect(202)["state"], "provisioning");
    assert_eq!(answer.header("preference-applied"), "respond-async");
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", id.as_str().unwrap()));
    portal.sandbox.0.come_back().await;
    portal.tester().account_once("active", &id).await;
}

#[rstest]
#[tokio::test]
async fn only_managers_agree_and_nobody_to_their_own(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    let path = path_of(&id, "approve");
    portal.tester().order(&path).await.problem(403, "forbidden");
    portal.second_tester().order(&path).await.problem(404, "not_found");
    portal.narrowed(Who::Manager, &["accounts:read"]).await.order(&path).await.problem(403, "forbidden");
    let own = portal.manager().post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.expect(202);
    portal.manager().order(&path_of(&own["id"], "approve")).await.problem(403, "forbidden");
    portal.admin().order(&path_of(&own["id"], "approve")).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn what_was_decided_or_needs_no_decision_is_a_conflict(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, id) = portal_and_request(database).await;
    portal.manager().order(&path_of(&id, "approve")).await.expect(200);
    portal.manager().order(&path_of(&id, "approve")).await.problem(409, "conflict");
    let withdrawn =
        portal.tester().post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.expect(202);
    let withdrawn = &withdrawn["id"];
    let path = path_of(withdrawn, "approve");
    let gone = portal.tester().delete(path.trim_end_matches("/approve")).await.expect(200);
    assert_eq!((&gone["state"], &gone["end_reason"]), (&json!("withdrawn"), &json!("withdrawn")));
    portal.manager().order(&path).await.problem(409, "conflict");
}

#[tokio::test]
async fn bad_input_is_pointed_at_for_those_who_may() {
    let (portal, id) = portal_and_request(Sqlite).await;
    let long = json!({ "reason": "x".repeat(501) });
    assert_eq!(portal.manager().act(&id, "approve", &long).await.invalid_fields(), ["/reason"]);
    let unknown = json!({ "because": "I can" });
    assert_eq!(portal.manager().act(&id, "approve", &unknown).await.invalid_fields(), ["/because"]);
    let form = || portal.manager().call(Method::POST, &path_of(&id, "approve")).form(&[("reason", "x")]);
    form().send().await.problem(415, "unsupported_media_type");
    portal.tester().act(&id, "approve", &unknown).await.problem(403, "forbidden");
    portal.second_tester().act(&id, "approve", &unknown).await.problem(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn of_several_services_the_strictest_decides(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let second = tests::Sandbox::start().await;
    portal.register(&with_approval(full_service("orders", &second.0.url()))).await;
    let wanted = json!({ "services": [SANDBOX, "orders"] });
    let account = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    assert_eq!(account["state"], "requested");
    let approved = portal.manager().order(&path_of(&account["id"], "approve")).await.expect(200);
    assert_eq!(approved["state"], "active");
    assert_eq!((portal.sandbox.usernames().await.len(), second.usernames().await.len()), (1, 1));
}
