//! `GET /api/v1/accounts/{id}/history`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who, assert_has,
};

#[rstest]
#[tokio::test]
async fn tells_an_accounts_whole_life_and_outlives_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.manager().delete(&path).await.expect(200);
    let actions = portal.tester().actions_of(&account["id"]).await;
    assert_eq!(
        actions,
        [
            "account_requested",
            "enrollment_created",
            "account_activated",
            "account_revealed",
            "account_revoking",
            "enrollment_removed",
            "account_ended"
        ]
    );
    let history = portal.tester().get(&format!("{path}/history")).await.items();
    for event in &history {
        let fields = [
            "id",
            "at",
            "action",
            "actor",
            "subject",
            "account",
            "username",
            "service",
            "run",
            "request_id",
            "details",
        ];
        assert_has(event, &fields);
        assert_eq!((&event["account"], &event["username"]), (&account["id"], &account["username"]));
    }
    let revoking = history.iter().find(|event| event["action"] == "account_revoking").unwrap();
    assert_eq!(
        (&revoking["actor"]["login"], &revoking["actor"]["kind"]),
        (&"manager".into(), &"token".into())
    );
    let created = history.iter().find(|event| event["action"] == "enrollment_created").unwrap();
    assert_eq!(created["actor"]["kind"], "system");
    assert_eq!(created["details"]["call"], "POST /create_account");
}

#[rstest]
#[tokio::test]
async fn comes_in_pages(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}/history", account["id"].as_str().unwrap());
    let whole = portal.tester().get(&path).await.items();
    let first = portal.tester().get(&format!("{path}?limit=3")).await.expect(200);
    let next = first["next"].as_str().unwrap();
    let second = portal.tester().get(&format!("{path}?limit=3&cursor={next}")).await.expect(200);
    assert!(second["next"].is_null());
    let both: Vec<_> =
        [first, second].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
    assert_eq!(both, whole);
}

#[tokio::test]
async fn only_who_sees_the_account_sees_its_history() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}/history", account["id"].as_str().unwrap());
    portal.manager().get(&path).await.expect(200);
    portal.second_tester().get(&path).await.problem(404, "not_found");
    let blind = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    blind.get(&path).await.problem(403, "forbidden");
    assert_eq!(portal.tester().get(&format!("{path}?action=x")).await.invalid_fields(), ["/action"]);
}
