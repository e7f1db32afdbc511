//! `Idempotency-Key`: whoever did not hear the answer asks again, and gets the
//! same once more.

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer, Api,
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service,
};

const ACCOUNTS: &str = "/api/v1/accounts";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

async fn post(api: &Api, path: &str, key: &str, body: &Value) -> Answer {
    api.call(Method::POST, path).json(body).key(key).send().await
}

fn wanted() -> Value {
    json!({ "services": [SANDBOX] })
}

#[rstest]
#[tokio::test]
async fn the_first_answer_comes_again_also_after_a_restart(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let first = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await;
    let account = first.expect(201);
    let again = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await;
    assert_eq!((again.expect(201), again.header("location")), (account.clone(), first.header("location")));
    portal.restart().await;
    // With quotation marks, as the draft wants them, it is the same key.
    let again = post(&portal.tester(), ACCOUNTS, &format!("\"{KEY}\""), &wanted()).await;
    assert_eq!(again.expect(201), account);
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
    assert_eq!(portal.events("action=account_requested").await.len(), 1);
    assert_eq!(portal.events("action=account_revealed").await.len(), 3, "each answer shows the password");
}

#[rstest]
#[tokio::test]
async fn another_body_is_another_request(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
    let other = json!({ "services": [SANDBOX], "ttl": "2h" });
    post(&portal.tester(), ACCOUNTS, KEY, &other).await.problem(422, "key_reused");
    let spaced =
        portal.tester().call(Method::POST, ACCOUNTS).body("application/json", format!(" {}", wanted()));
    spaced.key(KEY).send().await.problem(422, "key_reused");
    post(&portal.tester(), ACCOUNTS, "another", &other).await.expect(201);
}

#[rstest]
#[tokio::test]
async fn fifty_at_once_make_one_account(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let api = portal.tester();
            tokio::spawn(async move { post(&api, ACCOUNTS, KEY, &wanted()).await })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for request in requests {
        let answer = request.await.unwrap();
        if answer.status == 409 {
            answer.problem(409, "still_running");
        } else {
            ids.insert(answer.expect(201)["id"].to_string());
        }
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
    post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
}

#[rstest]
#[tokio::test]
async fn while_the_first_is_running_it_is_a_conflict(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let slow =
        ScriptedTarget::start(|_| Reply::status(200).after(std::time::Duration::from_millis(800))).await;
    portal.register_scripted("slow", &slow).await;
    let wanted = json!({ "services": ["slow"] });
    let (api, body) = (portal.tester(), wanted.clone());
    let first = tokio::spawn(async move { post(&api, ACCOUNTS, KEY, &body).await });
    tests::eventually("it is under way", async || slow.received().first().cloned()).await;
    post(&portal.tester(), ACCOUNTS, KEY, &wanted).await.problem(409, "still_running");
    let account = first.await.unwrap().expect(201);
    assert_eq!(post(&portal.tester(), ACCOUNTS, KEY, &wanted).await.expect(201), account);
}

#[rstest]
#[tokio::test]
async fn after_the_end_there_are_no_credentials_any_more(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
    let path = format!("{ACCOUNTS}/{}", account["id"].as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    let again = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
    assert_eq!((&again["id"], &again["state"]), (&account["id"], &json!("revoked")));
    assert!(again.get("credentials").is_none());
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn nobody_elses_account_is_shown_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let account = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
    let to = json!({ "to": "second-tester" });
    portal.tester().act(&account["id"], "hand-over", &to).await.expect(200);
    let again = post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
    assert_eq!((&again["holder"], again.get("credentials")), (&json!("second-tester"), None));
}

#[rstest]
#[tokio::test]
async fn a_key_belongs_to_its_token_and_path(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let other_token = portal.narrowed(Who::Tester, &[]).await;
    let mut ids = Vec::new();
    for api in [portal.tester(), other_token, portal.second_tester()] {
        ids.push(post(&api, ACCOUNTS, KEY, &wanted()).await.expect(201)["id"].to_string());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let nothing = json!({ "run": "nobody's" });
    post(&portal.tester(), "/api/v1/cleanups", KEY, &nothing).await.expect(202);
}

#[rstest]
#[tokio::test]
async fn every_post_knows_its_repetitions(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_full(database).await;
    let api = portal.tester();
    let id = api.new_account().await["id"].clone();
    let on_account = |what: &str| format!("{ACCOUNTS}/{}/{what}", id.as_str().unwrap());

    let reset = post(&api, &on_account("reset"), KEY, &json!({})).await.expect(200);
    assert_eq!(post(&api, &on_account("reset"), KEY, &json!({})).await.expect(200), reset);
    assert_eq!(portal.events("action=account_reset").await.len(), 1);

    let hour = json!({ "ttl": "3h" });
    let renewed = post(&api, &on_account("renew"), KEY, &hour).await.expect(200);
    assert_eq!(
        post(&api, &on_account("renew"), KEY, &hour).await.expect(200)["expires_at"],
        renewed["expires_at"]
    );
    assert_eq!(portal.events("action=account_renewed").await.len(), 1);

    for what in ["freeze", "unfreeze"] {
        for _ in 0..2 {
            post(&api, &on_account(what), KEY, &json!({})).await.expect(200);
        }
    }
    assert_eq!(portal.events("action=account_unfrozen").await.len(), 1);

    let mut table = article_service("orders", &portal.sandbox.0.url());
    post(&portal.admin(), "/api/v1/services", KEY, &table).await.expect(201);
    let first = table.clone();
    table["name"] = json!("Orders");
    portal.register(&table).await;
    let again = post(&portal.admin(), "/api/v1/services", KEY, &first).await.expect(201);
    assert_eq!(again["name"], "Orders", "it is not changed back");

    let several = json!({ "services": [SANDBOX], "count": 3 });
    let batch = post(&api, ACCOUNTS, "batch", &several).await.expect(202);
    assert_eq!(post(&api, ACCOUNTS, "batch", &several).await.expect(202)["id"], batch["id"]);
    api.batch_once_finished(&batch["id"]).await;
    assert_eq!(portal.sandbox.usernames().await.len(), 4);

    let mine = json!({ "mine": true });
    let cleanup = post(&api, "/api/v1/cleanups", KEY, &mine).await.expect(202);
    api.batch_once_finished(&cleanup["id"]).await;
    let kept = api.new_account().await;
    assert_eq!(post(&api, "/api/v1/cleanups", KEY, &mine).await.expect(202)["id"], cleanup["id"]);
    assert_eq!(api.account(&kept["id"]).await["state"], "active");
}

#[rstest]
#[tokio::test]
async fn whoever_may_ask_for_a_change_may_ask_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let api = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    let path = format!("{ACCOUNTS}/{}/renew", portal.tester().new_account().await["id"].as_str().unwrap());
    for _ in 0..2 {
        post(&api, &path, KEY, &json!({ "ttl": "3h" })).await.expect(200);
    }
}

#[rstest]
#[tokio::test]
async fn a_tokens_text_is_never_told_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let named = json!({ "name": "nightly" });
    let first = post(&portal.tester(), "/api/v1/tokens", KEY, &named).await.expect(201);
    assert!(first["text"].is_string());
    let again = post(&portal.tester(), "/api/v1/tokens", KEY, &named).await.expect(201);
    assert_eq!((&again["id"], again.get("text")), (&first["id"], None));
}

#[rstest]
#[tokio::test]
async fn the_articles_calls_know_them_too(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let api = portal.tester();
    let body = json!({ "service_url": portal.sandbox.0.url() });
    let created = post(&api, "/create", KEY, &body).await.expect(200);
    assert_eq!(post(&api, "/create", KEY, &body).await.expect(200), created);
    assert_eq!(portal.sandbox.usernames().await.len(), 1);
    let clean_up = async || api.call(Method::POST, "/cleanup").key(KEY).send().await.expect(200);
    clean_up().await;
    assert_eq!(post(&api, "/create", KEY, &body).await.expect(200), created);
    assert!(portal.sandbox.usernames().await.is_empty());
    let kept = api.new_account().await;
    clean_up().await;
    assert_eq!(api.account(&kept["id"]).await["state"], "active");
}

#[rstest]
#[tokio::test]
async fn what_failed_may_be_tried_again_with_the_same_key(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let mut table = article_service(SANDBOX, &portal.sandbox.0.url());
    table["policy"] = json!({ "max_active_per_person": 1 });
    portal.register(&table).await;
    let first = portal.tester().new_account().await;
    post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.problem(429, "quota_exceeded");
    let path = format!("{ACCOUNTS}/{}", first["id"].as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    post(&portal.tester(), ACCOUNTS, KEY, &wanted()).await.expect(201);
}

#[tokio::test]
async fn what_is_no_key_is_refused_and_said_only_to_who_is_known() {
    let portal = TestPortal::start(Sqlite).await;
    let long = "k".repeat(256);
    for key in ["", "\"\"", "a b", long.as_str()] {
        let problem = post(&portal.tester(), ACCOUNTS, key, &wanted()).await.problem(422, "invalid");
        assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key"), "{problem}");
        post(&portal.anonymous(), ACCOUNTS, key, &wanted()).await.problem(401, "unauthenticated");
    }
    assert!(portal.sandbox.usernames().await.is_empty());
    post(&portal.tester(), ACCOUNTS, &"k".repeat(255), &wanted()).await.expect(201);
    let long_body = " ".repeat(1024 * 1024 + 1);
    let call = portal.tester().call(Method::POST, ACCOUNTS).body("application/json", long_body).key(KEY);
    call.send().await.problem(413, "too_large");
}
