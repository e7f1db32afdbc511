//! `POST /api/v1/accounts/{id}/reset`

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, eventually, full_service,
};

use super::super::{login_of, path_of};

#[rstest]
#[tokio::test]
async fn the_holder_gets_a_new_password_and_the_old_one_is_worth_nothing(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let answer = portal.tester().order(&path_of(&issued["id"], "reset")).await;
    let account = answer.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((&account["state"], &account["expires_at"]), (&issued["state"], &issued["expires_at"]));
    let (username, new) = login_of(&account["credentials"]);
    let (_, old) = login_of(&issued["credentials"]);
    assert_ne!(new, old);
    assert!(portal.sandbox.accepts(username, new).await);
    assert!(!portal.sandbox.accepts(username, old).await);
    let revealed = portal.tester().order(&path_of(&issued["id"], "reveal")).await.expect(200);
    assert_eq!(revealed, account["credentials"]);
}

#[rstest]
#[tokio::test]
async fn a_service_without_a_call_for_it_has_the_account_made_anew(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let issued = portal.tester().new_account().await;
    let account = portal.tester().order(&path_of(&issued["id"], "reset")).await.expect(200);
    let (username, new) = login_of(&account["credentials"]);
    assert!(portal.sandbox.accepts(username, new).await);
    assert_ne!(new, login_of(&issued["credentials"]).1);
}

#[rstest]
#[tokio::test]
async fn where_names_are_given_once_nothing_is_deleted_for_a_password(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["http"]["names_once"] = json!(true);
    portal.register(&table).await;
    let issued = portal.tester().new_account().await;
    let refused = portal.tester().order(&path_of(&issued["id"], "reset")).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("never gives a name twice"), "{refused}");
    let (username, password) = login_of(&issued["credentials"]);
    assert!(portal.sandbox.accepts(username, password).await);
    assert_eq!(
        portal.tester().account(&issued["id"]).await["password_generation"],
        issued["password_generation"]
    );
}

#[rstest]
#[tokio::test]
async fn while_a_service_is_down_the_password_that_works_there_is_shown(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start_full(database).await;
    let second = tests::Sandbox::start().await;
    portal.register(&full_service("orders", &second.0.url())).await;
    let wanted = serde_json::json!({ "services": [SANDBOX, "orders"] });
    let issued = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    portal.sandbox.0.go_down();
    let call = portal.tester().call(Method::POST, &path_of(&issued["id"], "reset"));
    let answer = call.header("prefer", "wait=1").send().await;
    let pending = answer.expect(202);
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", issued["id"].as_str().unwrap()));
    assert!(pending.get("credentials").is_none());
    assert_eq!(pending["services"][0]["reset_pending"], true);
    assert_eq!(pending["services"][1]["reset_pending"], false);
    let revealed = portal.tester().order(&path_of(&issued["id"], "reveal")).await.expect(200);
    let secret = |at: usize| revealed["services"][at]["secret"].as_str().unwrap();
    let username = revealed["username"].as_str().unwrap();
    assert_ne!(secret(0), secret(1));
    assert!(second.accepts(username, secret(1)).await);
    // What it had when it went down; once it is back, that may change at once.
    assert_eq!(secret(0), issued["credentials"]["password"]);
    portal.sandbox.0.come_back().await;
    portal.clock.advance(Duration::from_secs(900));
    eventually("the reset is done everywhere", async || {
        let account = portal.tester().account(&issued["id"]).await;
        (account["services"][0]["reset_pending"] == false).then_some(())
    })
    .await;
    let settled = portal.tester().order(&path_of(&issued["id"], "reveal")).await.expect(200);
    assert_eq!(settled["services"][0]["secret"], settled["services"][1]["secret"]);
    let (username, password) = login_of(&settled);
    assert!(portal.sandbox.accepts(username, password).await && second.accepts(username, password).await);
}

#[rstest]
#[tokio::test]
async fn managers_may_and_do_not_see_the_password(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let issued = portal.tester().new_account().await;
    let path = path_of(&issued["id"], "reset");
    portal.second_tester().order(&path).await.problem(404, "not_found");
    portal.narrowed(Who::Tester, &["accounts:read"]).await.order(&path).await.problem(403, "forbidden");
    let account = portal.manager().order(&path).await.expect(200);
    assert!(account.get("credentials").is_none());
    assert!(portal.events("action=refused&subject=reveal_account").await.is_empty());
    portal.tester().delete(path.trim_end_matches("/reset")).await.expect(200);
    portal.tester().order(&path).await.problem(409, "conflict");
}

/// A service that knows accounts by ids of its own, counted up, and loses the
/// answer to the second creation.
async fn forgetful() -> ScriptedTarget {
    let books = Arc::new(Mutex::new((6_u64, String::new())));
    ScriptedTarget::start(move |call| {
        let mut books = books.lock().unwrap();
        if call.is_create() {
            *books = (books.0 + 1, call.body["username"].as_str().unwrap().to_owned());
            let told = Reply::status(200).body(json!({ "id": books.0 }));
            return if books.0 == 8 { Reply::status(500) } else { told };
        }
        let list = json!([{ "username": books.1, "id": books.0 }]);
        Reply::status(200).body(if call.what == "GET /accounts" { list } else { json!({}) })
    })
    .await
}

#[rstest]
#[tokio::test]
async fn what_was_made_anew_is_never_addressed_by_its_old_id(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = forgetful().await;
    let mut table = article_service("ids", &service.target.url());
    table["http"] = json!({
        "create": { "request": "POST /create_account", "capture": { "remote_id": "/id" },
            "json": { "username": "{{ username }}", "password": "{{ password }}" } },
        "delete": { "request": "DELETE /delete_account/{{ remote_id }}" },
        "list": { "request": "GET /accounts", "remote_id": "/id" },
    });
    portal.register(&table).await;
    let issued = portal.tester().post("/api/v1/accounts", &json!({ "services": ["ids"] })).await.expect(201);
    let call = portal.tester().call(Method::POST, &path_of(&issued["id"], "reset"));
    call.header("prefer", "respond-async").send().await.expect(202);
    eventually("the answer got lost", async || {
        portal.tester().account(&issued["id"]).await["services"][0]["last_error"].as_str().map(str::to_owned)
    })
    .await;
    portal.clock.advance(Duration::from_secs(31));
    eventually("it was made anew once more", async || {
        // On a busy machine an attempt may come a moment too early, and is put off by a little.
        portal.clock.advance(Duration::from_millis(100));
        let service = portal.tester().account(&issued["id"]).await["services"][0].clone();
        (service["remote_id"] == "9").then_some(())
    })
    .await;
    let deleted: Vec<_> =
        service.received().into_iter().filter(|call| call.is_delete()).map(|call| call.what).collect();
    assert_eq!(deleted, ["DELETE /delete_account/7", "DELETE /delete_account/8"]);
}
