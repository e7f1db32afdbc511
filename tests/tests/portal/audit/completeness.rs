//! Everything that happens is in the audit.

use std::collections::BTreeSet;

use domain::{audit::Action, people::Role};
use rstest::rstest;
use serde_json::json;
use strum::IntoEnumIterator;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service,
};

use crate::lifecycle::creating_first_answers;

#[rstest]
#[tokio::test]
async fn every_kind_of_event_comes_about(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let browser = portal.browser();
    browser.submit("/actions/sign_in", &[("login", "tester"), ("password", "wrong"), ("then", "")]).await;
    browser.sign_in(Who::Tester).await;
    browser.submit("/actions/sign_out", &[]).await;

    let first_name_is_taken = creating_first_answers(&[409, 500], 200);
    let service = ScriptedTarget::start(first_name_is_taken).await;
    portal.register_scripted("orders", &service).await;
    let mut table = article_service("orders", &service.target.url());
    table["name"] = json!("Orders");
    portal.admin().post("/api/v1/services", &table).await.expect(200);
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await.expect(201);
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.tester().post(&format!("{path}/renew"), &json!({ "ttl": "2h" })).await.expect(200);
    portal.manager().order(&format!("{path}/reveal")).await.problem(403, "forbidden");
    portal.tester().delete(&path).await.expect(200);
    service.now(|call| Reply::status(if call.is_create() { 400 } else { 200 }));
    portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await.expect(202);

    let token = portal.tester().post("/api/v1/tokens", &json!({ "name": "spare" })).await.expect(201);
    portal.tester().delete(&format!("/api/v1/tokens/{}", token["id"].as_str().unwrap())).await.expect(200);
    portal.disable(Who::SecondTester).await;
    portal.enable_as(Who::SecondTester, Role::Manager, "another-secret").await;

    let seen: BTreeSet<String> =
        portal.events("").await.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect();
    let all: BTreeSet<String> = Action::iter().map(|action| action.to_string()).collect();
    assert_eq!(seen, all);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_written_down_does_not_happen(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let before = portal.tester().account(&account["id"]).await;
    let raw = portal.raw().await;
    raw.execute("ALTER TABLE event_details RENAME TO elsewhere").await.unwrap();
    let reveal = portal.tester().order(&format!("{path}/reveal")).await;
    reveal.problem(500, "internal");
    assert!(!reveal.text.contains(account["credentials"]["password"].as_str().unwrap()));
    portal
        .tester()
        .post("/api/v1/accounts", &json!({ "services": [SANDBOX] }))
        .await
        .problem(500, "internal");
    portal.tester().post(&format!("{path}/renew"), &json!({ "ttl": "2h" })).await.problem(500, "internal");
    portal.tester().delete(&path).await.problem(500, "internal");
    let fields = [("login", "tester"), ("password", Who::Tester.password()), ("then", "")];
    let browser = portal.browser();
    browser.submit("/actions/sign_in", &fields).await;
    assert_eq!(browser.cookie(), None);
    raw.execute("ALTER TABLE elsewhere RENAME TO event_details").await.unwrap();
    assert_eq!(portal.tester().get("/api/v1/accounts").await.items(), [before]);
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_event_says_who_through_what_and_in_which_request(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "services": [SANDBOX], "purpose": "p", "ticket": "T-1", "run": "ci:1" });
    let answer = portal.tester().post("/api/v1/accounts", &body).await;
    let account = answer.expect(201);
    let requested = portal.events("action=account_requested").await.remove(0);
    assert_eq!(requested["actor"], json!({ "kind": "token", "login": "tester", "token": "tester CI" }));
    assert_eq!(requested["request_id"], answer.header("x-request-id"));
    assert_eq!((&requested["account"], &requested["run"]), (&account["id"], &json!("ci:1")));
    assert_eq!(
        (&requested["details"]["purpose"], &requested["details"]["ticket"]),
        (&json!("p"), &json!("T-1"))
    );
    let added = portal.events("action=person_added&subject=manager").await.remove(0);
    assert_eq!((&added["actor"]["kind"], &added["details"]["role"]), (&json!("operator"), &json!("manager")));
}

#[rstest]
#[tokio::test]
async fn a_failed_sign_in_is_noted_without_what_was_typed(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for login in ["tester", "a-password-in-the-wrong-field"] {
        let fields = [("login", login), ("password", "wrong-password"), ("then", "")];
        portal.browser().submit("/actions/sign_in", &fields).await;
    }
    let failed = portal.events("action=sign_in_failed").await;
    let subjects: Vec<_> = failed.iter().map(|event| event["subject"].clone()).collect();
    assert_eq!(subjects, [json!("tester"), json!(null)]);
    let dump = portal.raw().await.dump().await;
    let dump = String::from_utf8_lossy(&dump);
    assert!(!dump.contains("wrong-field") && !dump.contains("wrong-password"));
}
