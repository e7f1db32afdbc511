//! `DELETE /api/v1/accounts/{id}/hand-over`

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer, Api,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, full_service,
};

use super::super::{login_of, path_of};

async fn hand_to(api: &Api, id: &Value, login: &str) -> Answer {
    let call = api.call(Method::POST, &path_of(id, "hand-over")).json(&json!({ "to": login }));
    call.header("prefer", "wait=1").send().await
}

async fn call_off(api: &Api, id: &Value) -> Answer {
    api.call(Method::DELETE, &path_of(id, "hand-over")).header("prefer", "wait=1").send().await
}

#[rstest]
#[tokio::test]
async fn its_holder_keeps_it_with_a_new_password(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_full(database).await;
    let tester = portal.tester();
    let issued = tester.new_account().await;
    let id = &issued["id"];
    call_off(&tester, id).await.problem(409, "conflict");
    portal.sandbox.0.go_down();
    hand_to(&tester, id, "second-tester").await.expect(202);
    hand_to(&tester, id, "manager").await.problem(409, "conflict");
    portal.second_tester().delete(&path_of(id, "hand-over")).await.problem(404, "not_found");
    let answer = call_off(&tester, id).await;
    let kept = answer.expect(202);
    assert!(kept.get("handing_to").is_none() && kept["holder"] == "tester");
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", id.as_str().unwrap()));
    portal.sandbox.0.come_back().await;
    portal.clock.advance(std::time::Duration::from_secs(900));
    let settled = async || {
        let account = tester.account(id).await;
        (account["services"][0]["reset_pending"] == false).then_some(account)
    };
    assert_eq!(tests::eventually("it has its new password", settled).await["holder"], "tester");
    let revealed = tester.order(&path_of(id, "reveal")).await.expect(200);
    let (username, password) = login_of(&revealed);
    assert!(portal.sandbox.accepts(username, password).await);
    let actions = tester.actions_of(id).await;
    assert!(actions.contains(&"account_hand_over_called_off".to_owned()), "{actions:?}");
    assert!(!actions.contains(&"account_handed_over".to_owned()), "{actions:?}");
}

#[rstest]
#[tokio::test]
async fn neither_quota_nor_a_disabled_holder_stands_in_the_way(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_full(database).await;
    let tester = portal.tester();
    let id = tester.new_account().await["id"].clone();
    portal.sandbox.0.go_down();
    hand_to(&tester, &id, "second-tester").await.expect(202);
    let mut table = full_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&table).await;
    tester.new_account_later(SANDBOX).await;
    portal.disable(tests::Who::Tester).await;
    assert_eq!(call_off(&portal.manager(), &id).await.expect(202)["holder"], "tester");
}

#[tokio::test]
async fn whose_account_has_ended_hears_so_though_its_service_is_retired() {
    let portal = TestPortal::start_full(Sqlite).await;
    let (tester, admin) = (portal.tester(), portal.admin());
    let account = tester.new_account().await;
    admin.delete(&format!("/api/v1/services/{SANDBOX}?drain=true&reason=it+moved")).await;
    tester.account_once("revoked", &account["id"]).await;
    tests::eventually("its service is retired", async || {
        (admin.get(&format!("/api/v1/services/{SANDBOX}")).await.status == 404).then_some(())
    })
    .await;
    call_off(&tester, &account["id"]).await.problem(409, "conflict");
    hand_to(&tester, &account["id"], "second-tester").await.problem(409, "conflict");
    tester.order(&path_of(&account["id"], "reset")).await.problem(409, "conflict");
}
