//! `GET /api/v1/accounts/{id}`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

use super::super::{ACCOUNT, ENROLLMENT};

#[rstest]
#[tokio::test]
async fn shows_the_account_and_no_secret(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let issued = portal.tester().new_account().await;
    let account = portal.tester().account(&issued["id"]).await;
    assert_has(&account, &ACCOUNT);
    assert_has(&account["services"][0], &ENROLLMENT);
    assert!(account.get("credentials").is_none());
    assert_eq!(account["username"], issued["username"]);
    assert!(!account.to_string().contains(issued["credentials"]["password"].as_str().unwrap()));
}

#[rstest]
#[tokio::test]
async fn what_one_may_not_see_is_not_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    for who in [Who::Tester, Who::Manager, Who::Admin] {
        portal.api(who).get(&path).await.expect(200);
    }
    let hidden = portal.second_tester().get(&path).await.problem(404, "not_found");
    let missing = format!("/api/v1/accounts/{}", uuid::Uuid::nil());
    let missing = portal.second_tester().get(&missing).await.problem(404, "not_found");
    assert_eq!(hidden["detail"], missing["detail"], "nobody learns what exists");
    let blind = portal.narrowed(Who::Tester, &["accounts:write", "events:read"]).await;
    blind.get(&path).await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_id_that_is_none_is_not_found() {
    let portal = TestPortal::start(Sqlite).await;
    for id in ["1", "nonsense", "%00", "..%2F..%2Fetc", "%FF", "00000000-0000-0000-0000-00000000000g"] {
        portal.tester().get(&format!("/api/v1/accounts/{id}")).await.problem(404, "not_found");
    }
}
