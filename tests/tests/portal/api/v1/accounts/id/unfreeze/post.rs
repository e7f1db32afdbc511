//! `POST /api/v1/accounts/{id}/unfreeze`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

use super::super::{login_of, path_of};

#[rstest]
#[tokio::test]
async fn the_same_password_works_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let id = &issued["id"];
    portal.manager().order(&path_of(id, "freeze")).await.expect(200);
    portal.second_tester().order(&path_of(id, "unfreeze")).await.problem(404, "not_found");
    let thawed = portal.manager().act(id, "unfreeze", &json!({ "reason": "cleared" })).await.expect(200);
    assert_eq!((&thawed["state"], &thawed["services"][0]["disabled"]), (&json!("active"), &json!(false)));
    let (username, password) = login_of(&issued["credentials"]);
    assert!(portal.sandbox.accepts(username, password).await);
    portal.tester().order(&path_of(id, "unfreeze")).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn a_holder_lifts_their_own_freeze_and_not_a_managers(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    assert_eq!(portal.tester().order(&path_of(&id, "freeze")).await.expect(200)["frozen_by"], "tester");
    let thawed = portal.tester().order(&path_of(&id, "unfreeze")).await.expect(200);
    assert!(thawed.get("frozen_by").is_none());

    assert_eq!(portal.manager().order(&path_of(&id, "freeze")).await.expect(200)["frozen_by"], "manager");
    let refused = portal.tester().order(&path_of(&id, "unfreeze")).await.problem(403, "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("manager froze"), "{refused}");
    assert_eq!(portal.tester().account(&id).await["state"], "frozen");
    portal.admin().order(&path_of(&id, "unfreeze")).await.expect(200);
}
