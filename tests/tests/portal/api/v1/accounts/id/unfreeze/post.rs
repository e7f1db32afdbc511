//! `POST /api/v1/accounts/{id}/unfreeze`

use rstest::rstest;
use serde_json::json;
use tests::Database::{self, Postgres, Sqlite};

use super::super::{full_portal, login_of, path_of};

#[rstest]
#[tokio::test]
async fn the_same_password_works_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = full_portal(database).await;
    let issued = portal.tester().new_account().await;
    let id = &issued["id"];
    portal.manager().order(&path_of(id, "freeze")).await.expect(200);
    portal.second_tester().order(&path_of(id, "unfreeze")).await.problem(404, "not_found");
    let thawed = portal.tester().act(id, "unfreeze", &json!({ "reason": "cleared" })).await.expect(200);
    assert_eq!((&thawed["state"], &thawed["services"][0]["disabled"]), (&json!("active"), &json!(false)));
    let (username, password) = login_of(&issued["credentials"]);
    assert!(portal.sandbox.accepts(username, password).await);
    portal.tester().order(&path_of(id, "unfreeze")).await.problem(409, "conflict");
}
