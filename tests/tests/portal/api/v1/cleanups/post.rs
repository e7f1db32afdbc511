//! `POST /api/v1/cleanups`

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer, Api,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, assert_has, sorted,
};

const CLEANUPS: &str = "/api/v1/cleanups";

/// An active account with what the body says beside the service.
async fn account(api: &Api, mut body: Value) -> String {
    if body.get("services").is_none() {
        body["services"] = json!([SANDBOX]);
    }
    let account = api.post("/api/v1/accounts", &body).await.expect(201);
    account["username"].as_str().unwrap().to_owned()
}

async fn preview(api: &Api, which: &Value) -> Value {
    api.post(&format!("{CLEANUPS}?dry_run=true"), which).await.expect(200)
}

/// Cleans up, and answers the batch once it is finished.
async fn clean_up(api: &Api, which: &Value) -> Value {
    let batch = api.post(CLEANUPS, which).await.expect(202);
    api.batch_once_finished(&batch["id"]).await
}

async fn patiently(api: &Api, which: &Value) -> Answer {
    api.call(Method::POST, CLEANUPS).json(which).header("prefer", "wait=30").send().await
}

/// The names of those that are in use.
async fn left(portal: &TestPortal) -> Vec<String> {
    sorted(&portal.admin().get("/api/v1/accounts?state=active&limit=200").await.items(), "username")
}

fn names(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[rstest]
#[tokio::test]
async fn a_dry_run_says_what_would_go_and_leaves_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let orders = tests::Sandbox::start().await;
    portal.register(&article_service("orders", &orders.0.url())).await;
    let run = json!({ "run": "ci:1" });
    account(&portal.tester(), run.clone()).await;
    account(&portal.tester(), json!({ "run": "ci:1", "services": [SANDBOX, "orders"] })).await;
    account(&portal.tester(), json!({ "run": "ci:2" })).await;
    let found = preview(&portal.tester(), &run).await;
    assert_has(&found, &["matched", "by_service", "kept", "sample"]);
    assert_eq!((&found["matched"], &found["kept"]), (&json!(2), &json!(0)));
    assert_eq!(found["by_service"], json!({ SANDBOX: 2, "orders": 1 }));
    let sample = found["sample"].as_array().unwrap();
    assert!(sample.len() == 2 && sample.iter().all(|account| account["run"] == "ci:1"));
    assert!(sample[0].get("credentials").is_none());
    assert_eq!(left(&portal).await.len(), 3);
    assert!(portal.events("action=batch_started").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn exactly_what_fits_goes(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let orders = tests::Sandbox::start().await;
    portal.register(&article_service("orders", &orders.0.url())).await;
    let api = portal.tester();
    let both = json!({ "labels": { "suite": "s", "kind": "k" } });
    let mut kept = vec![account(&api, json!({})).await];
    for (made, which) in [
        (json!({ "run": "ci:1" }), json!({ "run": "ci:1" })),
        (json!({ "services": ["orders"] }), json!({ "service": "orders" })),
        (both.clone(), both),
        (json!({ "hint": "abc" }), json!({ "username_prefix": "test_abc_" })),
        (json!({ "run": "ci:2", "labels": { "a": "b" } }), json!({ "run": "ci:2", "labels": { "a": "b" } })),
    ] {
        account(&api, made.clone()).await;
        let found = preview(&api, &which).await;
        assert_eq!(found["matched"], 1, "{which}");
        let batch = clean_up(&api, &which).await;
        assert_eq!(
            (&batch["kind"], &batch["total"], &batch["done"]),
            (&json!("cleanup"), &json!(1), &json!(1))
        );
        assert_eq!(left(&portal).await, kept, "{which}");
    }
    kept.push(account(&api, json!({ "run": "ci:3", "labels": { "suite": "s" } })).await);
    let none_has_all = json!({ "run": "ci:3", "labels": { "suite": "other" } });
    assert_eq!(clean_up(&api, &none_has_all).await["total"], 0);
    assert_eq!(left(&portal).await, names(kept));
    let ended = portal.tester().get("/api/v1/accounts?state=revoked").await.items();
    assert!(ended.iter().all(|account| account["end_reason"] == "cleaned_up"));
}

#[rstest]
#[tokio::test]
async fn a_tester_meets_only_what_they_hold_and_a_manager_the_teams(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let run = json!({ "run": "shared" });
    account(&portal.tester(), run.clone()).await;
    let of_second = account(&portal.second_tester(), run.clone()).await;
    let of_admin = account(&portal.admin(), json!({ "run": "another" })).await;
    assert_eq!(clean_up(&portal.tester(), &run).await["total"], 1);
    assert_eq!(left(&portal).await, names(vec![of_second.clone(), of_admin.clone()]));
    let by_another = json!({ "requested_by": "second-tester" });
    assert_eq!(clean_up(&portal.tester(), &by_another).await["total"], 0);
    assert_eq!(clean_up(&portal.manager(), &by_another).await["total"], 1);
    assert_eq!(left(&portal).await, [of_admin]);
    assert_eq!(clean_up(&portal.manager(), &json!({ "run": "another" })).await["total"], 1);
}

#[rstest]
#[tokio::test]
async fn mine_is_what_this_token_asked_for(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let other_job = portal.narrowed(Who::Tester, &[]).await;
    account(&portal.tester(), json!({})).await;
    let of_other_job = account(&other_job, json!({})).await;
    let of_other_person = account(&portal.second_tester(), json!({})).await;
    assert_eq!(clean_up(&portal.tester(), &json!({ "mine": true })).await["total"], 1);
    assert_eq!(left(&portal).await, names(vec![of_other_job, of_other_person.clone()]));
    assert_eq!(clean_up(&portal.manager(), &json!({ "mine": true })).await["total"], 0);
    assert_eq!(clean_up(&other_job, &json!({ "mine": true })).await["total"], 1);
    assert_eq!(left(&portal).await, [of_other_person]);
}

#[rstest]
#[tokio::test]
async fn what_is_made_after_it_was_accepted_is_safe(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let orders = tests::Sandbox::start().await;
    portal.register(&article_service("orders", &orders.0.url())).await;
    let run = json!({ "run": "ci:1" });
    account(&portal.tester(), run.clone()).await;
    portal.sandbox.0.go_down();
    let batch = portal.tester().post(CLEANUPS, &run).await.expect(202);
    let later = account(&portal.tester(), json!({ "run": "ci:1", "services": ["orders"] })).await;
    let running = portal.tester().batch(&batch["id"]).await;
    assert_eq!(
        (&running["state"], &running["total"], &running["failed"]),
        (&json!("running"), &json!(1), &json!(0))
    );
    portal.sandbox.0.come_back().await;
    portal.clock.advance(std::time::Duration::from_secs(900));
    let batch = portal.tester().batch_once_finished(&batch["id"]).await;
    assert_eq!((&batch["total"], &batch["done"]), (&json!(1), &json!(1)));
    assert_eq!(left(&portal).await, [later]);
}

#[rstest]
#[tokio::test]
async fn is_answered_at_once_unless_one_would_wait(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    account(&portal.tester(), json!({ "run": "ci:1" })).await;
    portal.sandbox.0.go_down();
    let answer = portal.tester().post(CLEANUPS, &json!({ "run": "ci:1" })).await;
    let batch = answer.expect(202);
    assert_eq!(batch["state"], "running");
    assert_eq!(answer.header("location"), format!("/api/v1/batches/{}", batch["id"].as_str().unwrap()));
    assert_eq!(answer.header("preference-applied"), "");
    portal.sandbox.0.come_back().await;
    portal.clock.advance(std::time::Duration::from_secs(900));
    portal.tester().batch_once_finished(&batch["id"]).await;
    account(&portal.tester(), json!({ "run": "ci:2" })).await;
    let answer = patiently(&portal.tester(), &json!({ "run": "ci:2" })).await;
    assert_eq!(answer.expect(202)["state"], "finished");
    assert_eq!(answer.header("preference-applied"), "wait=30");
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn what_still_waits_for_a_manager_is_withdrawn(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.register(&tests::with_approval(article_service(SANDBOX, &portal.sandbox.0.url()))).await;
    let wanted = json!({ "services": [SANDBOX], "run": "ci:1" });
    let request = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    let batch = clean_up(&portal.tester(), &json!({ "run": "ci:1" })).await;
    assert_eq!((&batch["total"], &batch["done"]), (&json!(1), &json!(1)));
    assert_eq!(portal.tester().account(&request["id"]).await["state"], "withdrawn");
}

#[rstest]
#[tokio::test]
async fn nothing_is_taken_away_by_mistake(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    account(&portal.tester(), json!({ "run": "ci:1" })).await;
    let api = portal.admin();
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "run": "" }), "/run"),
        // A script's variable that is not set must not select more.
        (json!({ "run": " ", "service": SANDBOX }), "/run"),
        (json!({ "run": "ci:1", "service": "" }), "/service"),
        (json!({ "run": "ci:1", "requested_by": "" }), "/requested_by"),
        (json!({ "run": "ci:1", "username_prefix": "" }), "/username_prefix"),
        (json!({ "labels": {} }), ""),
        (json!({ "mine": false }), ""),
        (json!({ "mine": true, "run": "ci:1" }), "/mine"),
        (json!({ "service": "unknown" }), "/service"),
        (json!({ "requested_by": "No Login" }), "/requested_by"),
        (json!({ "labels": { "a b": "c" } }), "/labels/a b"),
        (json!({ "rnu": "ci:1" }), "/rnu"),
        (json!({ "run": ["ci:1"] }), "/run"),
    ] {
        assert_eq!(api.post(CLEANUPS, &body).await.invalid_fields(), [pointer], "{body}");
        let dry = api.post(&format!("{CLEANUPS}?dry_run=true"), &body).await;
        assert_eq!(dry.invalid_fields(), [pointer], "{body}");
    }
    let run = json!({ "run": "ci:1" });
    for (query, pointer) in [
        ("dryrun=true", "/dryrun"),
        ("dry_run=yes", "/dry_run"),
        ("dry_run", "/dry_run"),
        ("dry-run=true", "/dry-run"),
    ] {
        assert_eq!(
            api.post(&format!("{CLEANUPS}?{query}"), &run).await.invalid_fields(),
            [pointer],
            "{query}"
        );
    }
    api.order(CLEANUPS).await.problem(415, "unsupported_media_type");
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    for path in [CLEANUPS.to_owned(), format!("{CLEANUPS}?dry_run=true"), format!("{CLEANUPS}?dryrun=true")] {
        reader.post(&path, &json!({})).await.problem(403, "forbidden");
    }
    assert_eq!(left(&portal).await.len(), 1);
}
