//! `POST /api/v1/accounts/{id}/hand-over`

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, full_service,
};

use super::super::{login_of, path_of};

#[rstest]
#[tokio::test]
async fn the_new_holder_sees_a_password_that_the_old_one_does_not_know(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let id = &issued["id"];
    let account = portal.tester().act(id, "hand-over", &json!({ "to": "second-tester" })).await.expect(200);
    assert_eq!((&account["holder"], &account["state"]), (&json!("second-tester"), &json!("active")));
    assert_eq!(account["requested_by"]["login"], "tester");
    assert!(account.get("credentials").is_none() && account.get("handing_to").is_none());
    let (username, old) = login_of(&issued["credentials"]);
    assert!(!portal.sandbox.accepts(username, old).await);
    portal.tester().order(&path_of(id, "reveal")).await.problem(403, "forbidden");
    let revealed = portal.second_tester().order(&path_of(id, "reveal")).await.expect(200);
    let (username, new) = login_of(&revealed);
    assert!(portal.sandbox.accepts(username, new).await);
    // Who asked for it sees it still, and has nothing to say any more.
    assert_eq!(portal.tester().account(id).await["holder"], "second-tester");
    portal
        .tester()
        .delete(path_of(id, "hand-over").trim_end_matches("/hand-over"))
        .await
        .problem(403, "forbidden");
    let actions = portal.second_tester().actions_of(id).await;
    let handing = actions.iter().position(|action| action == "account_handing_over");
    let handed = actions.iter().position(|action| action == "account_handed_over");
    assert!(handing.is_some() && handing < handed, "{actions:?}");
}

#[rstest]
#[tokio::test]
async fn until_every_service_has_the_new_password_it_is_nobody_elses(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let id = &issued["id"];
    portal.sandbox.0.go_down();
    let call = portal.tester().call(Method::POST, &path_of(id, "hand-over"));
    let call = call.json(&json!({ "to": "second-tester" })).header("prefer", "wait=1");
    let answer = call.send().await;
    let pending = answer.expect(202);
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", id.as_str().unwrap()));
    assert_eq!((&pending["holder"], &pending["handing_to"]), (&json!("tester"), &json!("second-tester")));
    portal.tester().order(&path_of(id, "reveal")).await.problem(409, "conflict");
    portal.second_tester().order(&path_of(id, "reveal")).await.problem(404, "not_found");
    portal.sandbox.0.come_back().await;
    portal.clock.advance(std::time::Duration::from_secs(900));
    tests::eventually("it is theirs", async || {
        (portal.tester().account(id).await["holder"] == "second-tester").then_some(())
    })
    .await;
    portal.second_tester().order(&path_of(id, "reveal")).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn a_manager_may_give_it_to_anybody_who_may_hold_one_more(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let mut table = full_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&table).await;
    let first = portal.tester().new_account().await;
    let second = portal.second_tester().new_account().await;
    let to_tester = json!({ "to": "tester" });
    portal.manager().act(&second["id"], "hand-over", &to_tester).await.problem(429, "quota_exceeded");
    let to_manager = json!({ "to": "manager" });
    let given = portal.manager().act(&first["id"], "hand-over", &to_manager).await.expect(200);
    assert_eq!(given["holder"], "manager");
    let given = portal.manager().act(&second["id"], "hand-over", &to_tester).await.expect(200);
    assert_eq!(given["holder"], "tester");
}

#[rstest]
#[tokio::test]
async fn what_is_on_its_way_counts_against_the_quota_already(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_full(database).await;
    let first = portal.tester().new_account().await;
    let second = portal.tester().new_account().await;
    let mut table = full_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&table).await;
    portal.sandbox.0.go_down();
    let hand_over = async |id: &Value| {
        let call = portal.tester().call(Method::POST, &path_of(id, "hand-over"));
        call.json(&json!({ "to": "second-tester" })).header("prefer", "wait=1").send().await
    };
    hand_over(&first["id"]).await.expect(202);
    hand_over(&second["id"]).await.problem(429, "quota_exceeded");
}

#[rstest]
#[tokio::test]
async fn whom_it_goes_to_has_to_be_there_and_somebody_else(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    portal.disable(Who::SecondTester).await;
    let id = portal.tester().new_account().await["id"].clone();
    for to in
        [json!("tester"), json!("nobody"), json!("second-tester"), json!("No Login"), json!(""), json!(5)]
    {
        let answer = portal.tester().act(&id, "hand-over", &json!({ "to": to })).await;
        assert_eq!(answer.invalid_fields(), ["/to"], "{to}");
    }
    assert_eq!(portal.tester().act(&id, "hand-over", &json!({})).await.invalid_fields(), ["/to"]);
    let nothing = portal.tester().order(&path_of(&id, "hand-over")).await;
    nothing.problem(415, "unsupported_media_type");
}

#[rstest]
#[tokio::test]
async fn what_is_not_in_use_stays(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let to = json!({ "to": "second-tester" });
    portal.second_tester().act(&id, "hand-over", &to).await.problem(404, "not_found");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.act(&id, "hand-over", &to).await.problem(403, "forbidden");
    let path = path_of(&id, "hand-over");
    portal.tester().delete(path.trim_end_matches("/hand-over")).await.expect(200);
    portal.tester().act(&id, "hand-over", &to).await.problem(409, "conflict");
}
