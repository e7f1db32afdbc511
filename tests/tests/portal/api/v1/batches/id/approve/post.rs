//! `POST /api/v1/batches/{id}/approve`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, field_names,
};

use super::super::super::{path_of, request};

#[rstest]
#[tokio::test]
async fn all_that_waits_is_created(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let batch = request(&portal.tester(), SANDBOX, 5).await;
    assert_eq!(
        (&batch["waiting"], &batch["done"], &batch["state"]),
        (&json!(5), &json!(0), &json!("running"))
    );
    let accounts = portal.tester().get("/api/v1/accounts").await.items();
    assert!(accounts.iter().all(|account| account["batch"] == batch["id"]));
    // One of them was decided on alone.
    portal.manager().act(&accounts[0]["id"], "deny", &json!({ "reason": "four will do" })).await.expect(200);
    let approve = path_of(&batch, "/approve");
    let answer = portal.manager().post(&approve, &json!({ "reason": "for the load test" })).await;
    assert_eq!(answer.header("location"), path_of(&batch, ""));
    assert_eq!(answer.expect(202)["waiting"], 0);
    let finished = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&finished["done"], &finished["failed"]), (&json!(4), &json!(1)));
    let approved = portal.events("action=account_approved").await;
    assert_eq!(approved.len(), 4, "one for each account");
    assert_eq!(approved[0]["details"]["reason"], "for the load test");
    portal.manager().order(&approve).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn nobody_decides_on_their_own_and_testers_on_none(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let batch = request(&portal.manager(), SANDBOX, 2).await;
    let approve = path_of(&batch, "/approve");
    portal.tester().order(&approve).await.problem(403, "forbidden");
    portal.manager().order(&approve).await.problem(403, "forbidden");
    portal.narrowed(Who::Admin, &["accounts:read"]).await.order(&approve).await.problem(403, "forbidden");
    assert_eq!(portal.manager().batch(&batch["id"]).await["waiting"], 2);
    portal.admin().order(&approve).await.expect(202);
    assert_eq!(portal.manager().batch_once_finished(&batch["id"]).await["done"], 2);
}

#[rstest]
#[tokio::test]
async fn with_a_key_it_is_decided_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let batch = request(&portal.tester(), SANDBOX, 2).await;
    for _ in 0..2 {
        let call = portal.manager().call(http::Method::POST, &path_of(&batch, "/approve")).key("k");
        assert_eq!(call.send().await.expect(202)["id"], batch["id"]);
    }
    assert_eq!(portal.events("action=account_approved").await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn what_somebody_asked_for_once_more_is_left_to_another(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = tests::ScriptedTarget::start(super::super::super::refusing_first(&[400])).await;
    portal.register_scripted("fussy", &service).await;
    let batch = request(&portal.tester(), "fussy", 2).await;
    portal.tester().batch_once_finished(&batch["id"]).await;
    let guarded = tests::with_approval(tests::article_service("fussy", &service.target.url()));
    portal.register(&guarded).await;
    portal.manager().order(&path_of(&batch, "/retry")).await.expect(202);
    let approve = path_of(&batch, "/approve");
    portal.manager().order(&approve).await.problem(403, "forbidden");
    assert_eq!(portal.admin().batch(&batch["id"]).await["waiting_of"], json!(["manager"]));
    let page = format!("/batches/{}", batch["id"].as_str().unwrap());
    for (who, decides) in [(Who::Manager, false), (Who::Admin, true)] {
        for page in [page.as_str(), "/approvals"] {
            let shown = portal.signed_in(who).await.open(page).await;
            let fields = field_names(&shown.text, "/actions/approve_batch");
            assert_eq!(!fields.is_empty(), decides, "{page} shows {who:?} what the server lets them do");
        }
    }
    assert_eq!(portal.admin().order(&approve).await.expect(202)["waiting"], 0);
    assert_eq!(portal.tester().batch_once_finished(&batch["id"]).await["done"], 2);
}
