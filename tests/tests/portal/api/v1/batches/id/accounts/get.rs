//! `GET /api/v1/batches/{id}/accounts`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, sorted,
};

use super::super::super::{finished, path_of};

#[rstest]
#[tokio::test]
async fn the_holder_gets_all_the_passwords_and_each_is_a_reveal(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let batch = finished(&portal.tester(), 5).await;
    portal.tester().new_account().await;
    let revealed = portal.events("action=account_revealed").await.len();
    let answer = portal.tester().get(&path_of(&batch, "/accounts")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let accounts = answer.items();
    assert_eq!(accounts.len(), 5);
    for account in &accounts {
        let credentials = &account["credentials"];
        let (username, password) =
            (credentials["username"].as_str().unwrap(), credentials["password"].as_str().unwrap());
        assert!(portal.sandbox.accepts(username, password).await);
    }
    let reveals = portal.events("action=account_revealed").await.split_off(revealed);
    assert_eq!(sorted(&reveals, "account"), sorted(&accounts, "id"));
    assert!(reveals.iter().all(|event| event["request_id"] == answer.header("x-request-id")));
}

#[rstest]
#[tokio::test]
async fn nobody_else_sees_a_password(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let batch = finished(&portal.tester(), 2).await;
    let path = path_of(&batch, "/accounts");
    portal.second_tester().get(&path).await.problem(404, "not_found");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    for api in [portal.manager(), portal.admin(), reader] {
        let accounts = api.get(&path).await.items();
        assert_eq!(accounts.len(), 2);
        assert!(accounts.iter().all(|account| account.get("credentials").is_none()));
    }
    assert!(portal.events("action=account_revealed").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn is_read_a_page_at_a_time(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let batch = finished(&portal.tester(), 3).await;
    let path = path_of(&batch, "/accounts");
    let page = portal.tester().get(&format!("{path}?limit=2")).await.expect(200);
    let rest = format!("{path}?limit=2&cursor={}", page["next"].as_str().unwrap());
    let rest = portal.tester().get(&rest).await.expect(200);
    assert_eq!(rest["next"], json!(null));
    let mut ids = sorted(page["items"].as_array().unwrap(), "id");
    ids.extend(sorted(rest["items"].as_array().unwrap(), "id"));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(portal.tester().get(&format!("{path}?limit=x")).await.invalid_fields(), ["/limit"]);
}
