//! `PATCH /api/v1/people/{login}`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

#[rstest]
#[tokio::test]
async fn whoever_is_disabled_is_out_at_the_next_request(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.signed_in(Who::Tester).await;
    portal.tester().get("/api/v1/me").await.expect(200);
    let disabled =
        portal.admin().patch("/api/v1/people/tester", &json!({ "disabled": true })).await.expect(200);
    assert!(disabled["disabled_at"].is_string());
    portal.tester().get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(browser.open("/accounts").await.status, 303);
    portal.admin().patch("/api/v1/people/tester", &json!({ "disabled": false })).await.expect(200);
    portal.tester().get("/api/v1/me").await.expect(200);
    assert_eq!(browser.open("/accounts").await.status, 303, "the session stays ended");
}

#[rstest]
#[tokio::test]
async fn role_and_team_change_together_and_count_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().post("/api/v1/teams", &json!({ "slug": "payments" })).await.expect(201);
    let change = json!({ "role": "manager", "team": "payments" });
    let person = portal.admin().patch("/api/v1/people/tester", &change).await.expect(200);
    assert_eq!((&person["role"], &person["team"]), (&json!("manager"), &json!("payments")));
    let me = portal.tester().get("/api/v1/me").await.expect(200);
    assert_eq!((&me["role"], &me["team"]), (&json!("manager"), &json!("payments")));
    let actions: Vec<_> = portal.events("subject=tester").await;
    let actions: Vec<_> = actions.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["person_added", "person_role_changed", "person_team_changed"]);
}

#[rstest]
#[tokio::test]
async fn nothing_of_a_change_is_done_where_one_part_cannot_be(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let change = json!({ "role": "admin", "team": "nowhere" });
    let refused = portal.admin().patch("/api/v1/people/tester", &change).await;
    assert_eq!(refused.invalid_fields(), ["/team"]);
    assert_eq!(portal.tester().get("/api/v1/me").await.expect(200)["role"], "tester");
    for change in [json!({ "role": "tester" }), json!({ "disabled": true })] {
        portal.admin().patch("/api/v1/people/admin", &change).await.problem(409, "conflict");
    }
    portal.admin().patch("/api/v1/people/nobody", &json!({})).await.problem(404, "not_found");
}
