//! Creating an account on a service that does not play along.

use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use domain::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Received, Reply, SANDBOX, ScriptedTarget, TestPortal, article_service, eventually,
};

use super::{created, creating_first_answers, plot, waits_for_what_may_land};

#[rstest]
#[tokio::test]
async fn a_service_that_refuses_ends_the_account_as_failed_with_the_reason(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| match call {
        call if call.is_create() => Reply::status(400).body(json!({ "error": "no more names" })),
        _ => Reply::status(404),
    });
    let service = service.await;
    portal.register_scripted("strict", &service).await;
    let answer = portal.tester().post("/api/v1/accounts", &json!({ "services": ["strict"] })).await;
    let id = answer.expect(202)["id"].clone();
    let account = portal.tester().account_once("failed", &id).await;
    assert_eq!(account["end_reason"], "failed");
    let enrollment = &account["services"][0];
    assert_eq!(enrollment["state"], "removed");
    let reason = enrollment["last_error"].as_str().unwrap();
    assert!(reason.contains("POST /create_account") && reason.contains("400"), "{reason}");
    let actions = portal.tester().actions_of(&id).await;
    assert_eq!(
        actions,
        [
            "account_requested",
            "enrollment_given_up",
            "account_revoking",
            "enrollment_removed",
            "account_ended"
        ]
    );
    assert_eq!(
        plot(&service.received()),
        ["create", "delete", "login"],
        "it is made sure of that nothing is left"
    );
}

#[rstest]
#[tokio::test]
async fn what_the_service_calls_the_account_is_kept_when_its_login_check_fails(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| match call {
        call if call.what == "POST /users" => Reply::status(201).body(json!({ "id": 7 })),
        call if call.is_login() => Reply::status(401),
        _ => Reply::status(200),
    })
    .await;
    let login = json!({ "username": "{{ username }}", "password": "{{ password }}" });
    portal
        .register(&json!({
            "slug": "numbering",
            "environment": "test",
            "base_url": service.target.url(),
            "http": {
                "create": { "request": "POST /users", "json": login, "capture": { "remote_id": "/id" } },
                "verify": { "request": "POST /login", "json": login },
                "delete": { "request": "DELETE /users/{{ remote_id }}" },
            },
        }))
        .await;
    let id = portal.tester().new_account_later("numbering").await["id"].clone();
    portal.tester().account_once("failed", &id).await;
    let calls: Vec<_> = service.received().into_iter().map(|call| call.what).collect();
    assert_eq!(
        calls,
        [
            "POST /users",
            "POST /login",
            "POST /login",
            "POST /login",
            "POST /login",
            "DELETE /users/7",
            "POST /login"
        ]
    );
}

#[rstest]
#[tokio::test]
async fn a_service_that_fails_for_a_while_is_asked_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(creating_first_answers(&[500, 503], 200)).await;
    portal.register_scripted("moody", &service).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["moody"] })).await.expect(201);
    assert_eq!(account["services"][0]["attempts"], 3);
    assert!(account["services"][0]["last_error"].is_null());
    let names = created(&service.received());
    assert_eq!(names, [account["username"].as_str().unwrap(); 3], "it is the same name each time");
    let postponed = portal.events("action=enrollment_postponed&service=moody").await;
    let statuses: Vec<_> = postponed.iter().map(|event| event["details"]["status"].clone()).collect();
    assert_eq!(statuses, [500, 503]);
}

#[rstest]
#[tokio::test]
async fn a_name_that_exists_at_first_is_a_strangers_and_left_alone(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(creating_first_answers(&[409], 200)).await;
    portal.register_scripted("crowded", &service).await;
    let body = json!({ "services": ["crowded"], "hint": "ann" });
    let account = portal.tester().post("/api/v1/accounts", &body).await.expect(201);
    let names = created(&service.received());
    let (strangers, ours) = (names[0].clone(), names[1].clone());
    assert_ne!(strangers, ours);
    assert!(ours.starts_with("test_ann_"), "{ours}");
    assert_eq!(account["username"], ours);
    assert_eq!(account["email"], format!("{ours}@example.com"));
    assert_eq!(account["credentials"]["services"][0]["username"], ours);

    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    let touched: Vec<_> = service.received().into_iter().filter(|call| !call.is_create()).collect();
    assert!(!touched.iter().any(|call| call.what.contains(&strangers) || call.body["username"] == strangers));
    let renamed = portal.events("action=enrollment_renamed").await;
    assert_eq!(renamed[0]["details"]["taken"], strangers);
}

#[rstest]
#[tokio::test]
async fn a_name_that_exists_after_an_unclear_attempt_is_ours(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(creating_first_answers(&[500], 409)).await;
    portal.register_scripted("vague", &service).await;
    let account =
        portal.tester().post("/api/v1/accounts", &json!({ "services": ["vague"] })).await.expect(201);
    assert_eq!(created(&service.received()), [account["username"].as_str().unwrap(); 2]);
    assert_eq!(plot(&service.received()), ["create", "create", "login"]);
}

#[rstest]
#[tokio::test]
async fn what_is_ours_but_has_another_password_is_made_anew(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(500)).await;
    portal.register_scripted("vague", &service).await;
    let id = portal.tester().new_account_later("vague").await["id"].clone();
    eventually("the first attempt was made", async || service.received().first().cloned()).await;
    let deleted = std::sync::atomic::AtomicBool::new(false);
    service.now(move |call| {
        let is_new = deleted.load(SeqCst);
        deleted.store(is_new || call.is_delete(), SeqCst);
        Reply::status(match (call.is_create(), call.is_login(), is_new) {
            (true, _, false) => 409,
            (_, true, false) => 401,
            _ => 200,
        })
    });
    // The first creation may still be carried out, in between.
    waits_for_what_may_land(&portal, &id).await;
    assert!(!service.received().iter().any(Received::is_delete));
    portal.clock.advance(Duration::from_secs(31));
    portal.tester().account_once("active", &id).await;
    let calls = service.received();
    assert_eq!(plot(&calls)[calls.len() - 5..], ["create", "login", "delete", "create", "login"]);
}

#[rstest]
#[tokio::test]
async fn where_names_are_given_once_it_is_given_up_and_taken_away(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(500)).await;
    let mut table = article_service("vague", &service.target.url());
    table["http"]["names_once"] = json!(true);
    portal.register(&table).await;
    let id = portal.tester().new_account_later("vague").await["id"].clone();
    eventually("the first attempt came to nothing", async || {
        portal.tester().account(&id).await["services"][0]["last_error"].as_str().map(str::to_owned)
    })
    .await;
    service.now(|call| {
        Reply::status(if call.is_create() {
            409
        } else if call.is_login() {
            401
        } else {
            200
        })
    });
    portal.clock.advance(Duration::from_secs(31));
    let failed = portal.tester().account_once("failed", &id).await;
    let told = failed["services"][0]["last_error"].as_str().unwrap();
    assert!(told.contains("never gives a name twice"), "{failed}");
    let calls = plot(&service.received());
    let deleted = calls.iter().position(|call| *call == "delete").unwrap();
    assert!(!calls[deleted..].contains(&"create"), "{calls:?}");
}

#[rstest]
#[tokio::test]
async fn an_account_whose_login_does_not_work_is_not_handed_out(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_login() { 401 } else { 200 })).await;
    portal.register_scripted("broken", &service).await;
    let answer = portal.tester().post("/api/v1/accounts", &json!({ "services": ["broken"] })).await;
    let id = answer.expect(202)["id"].clone();
    let account = portal.tester().account_once("failed", &id).await;
    let reason = account["services"][0]["last_error"].as_str().unwrap();
    assert!(reason.contains("login does not work"), "{reason}");
    let asked = plot(&service.received());
    assert_eq!(asked, ["create", "login", "login", "login", "login", "delete", "login"]);
    let reveal = format!("/api/v1/accounts/{}/reveal", id.as_str().unwrap());
    portal.tester().order(&reveal).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn a_login_that_works_a_moment_later_is_waited_for(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let logins = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| {
        let is_early = call.is_login() && logins.fetch_add(1, SeqCst) < 2;
        Reply::status(if is_early { 401 } else { 200 })
    });
    let service = service.await;
    portal.register_scripted("lagging", &service).await;
    portal.tester().post("/api/v1/accounts", &json!({ "services": ["lagging"] })).await.expect(201);
    assert_eq!(plot(&service.received()), ["create", "login", "login", "login"]);
}

#[rstest]
#[tokio::test]
async fn what_is_only_promised_is_not_given_up_while_it_may_still_come(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|call| {
        Reply::status(match (call.is_create(), call.is_login()) {
            (true, _) => 202,
            (_, true) => 401,
            _ => 404,
        })
    })
    .await;
    portal.register_scripted("queue", &service).await;
    let id = portal.tester().new_account_later("queue").await["id"].clone();
    let waiting = eventually("the first attempt came to nothing", async || {
        let account = portal.tester().account(&id).await;
        account["services"][0]["last_error"].is_string().then_some(account)
    })
    .await;
    assert_eq!(waiting["state"], "provisioning", "{waiting}");
    assert!(!service.received().iter().any(Received::is_delete));
    service.now(|call| Reply::status(if call.is_create() { 409 } else { 200 }));
    portal.clock.advance(Duration::from_secs(31));
    portal.tester().account_once("active", &id).await;
    assert!(!service.received().iter().any(Received::is_delete));
}

#[rstest]
#[tokio::test]
async fn a_login_that_cannot_be_checked_now_is_checked_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (creations, logins) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let service = ScriptedTarget::start(move |call| match call {
        call if call.is_create() && creations.fetch_add(1, SeqCst) > 0 => Reply::status(409),
        call if call.is_login() && logins.fetch_add(1, SeqCst) == 0 => Reply::status(503),
        _ => Reply::status(200),
    });
    let service = service.await;
    portal.register_scripted("busy", &service).await;
    portal.tester().post("/api/v1/accounts", &json!({ "services": ["busy"] })).await.expect(201);
    assert_eq!(plot(&service.received()), ["create", "login", "create", "login"]);
}

#[rstest]
#[tokio::test]
async fn a_service_that_asks_for_time_gets_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let creations = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| match call {
        call if call.is_create() && creations.fetch_add(1, SeqCst) == 0 => {
            Reply::status(429).header("retry-after", "120")
        }
        _ => Reply::status(200),
    });
    let service = service.await;
    portal.register_scripted("limited", &service).await;
    let id = portal.tester().new_account_later("limited").await["id"].clone();
    let waiting = eventually("the service has asked for time", async || {
        let account = portal.tester().account(&id).await;
        account["services"][0]["last_error"].is_string().then_some(account)
    });
    let waiting = waiting.await;
    let at = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let wait = at(&waiting["services"][0]["next_attempt_at"]).millis_since(at(&waiting["created_at"]));
    assert!((120_000..180_000).contains(&wait), "{wait}");
    portal.clock.advance(Duration::from_secs(121));
    portal.tester().account_once("active", &id).await;
}

#[rstest]
#[tokio::test]
async fn on_several_services_it_is_all_or_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let refusing = ScriptedTarget::start(|call| match call {
        call if call.is_create() => Reply::status(403).after(Duration::from_millis(200)),
        _ => Reply::status(404),
    });
    let refusing = refusing.await;
    portal.register_scripted("refusing", &refusing).await;
    let body = json!({ "services": [SANDBOX, "refusing"] });
    let id = portal.tester().post("/api/v1/accounts", &body).await.expect(202)["id"].clone();
    let account = portal.tester().account_once("failed", &id).await;
    let states: Vec<_> =
        account["services"].as_array().unwrap().iter().map(|on| on["state"].clone()).collect();
    assert_eq!(states, ["removed", "removed"]);
    assert!(portal.sandbox.usernames().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_service_that_is_down_is_waited_for(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    portal.sandbox.0.go_down();
    let id = portal.tester().new_account_later(SANDBOX).await["id"].clone();
    let error = eventually("the attempt has failed", async || {
        let account = portal.tester().account(&id).await;
        assert_eq!(account["state"], "provisioning");
        let enrollment = &account["services"][0];
        assert!(enrollment["last_error"].is_null() || enrollment["next_attempt_at"].is_string());
        enrollment["last_error"].as_str().map(str::to_owned)
    });
    let error = error.await;
    assert!(error.contains("POST /create_account could not be sent"), "{error}");
    portal.sandbox.0.come_back().await;
    portal.tester().account_once("active", &id).await;
}

#[rstest]
#[tokio::test]
async fn a_creation_is_given_up_after_ten_minutes(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let creations = AtomicUsize::new(0);
    let service = ScriptedTarget::start(move |call| match call {
        call if call.is_create() && creations.fetch_add(1, SeqCst) == 0 => Reply::status(503),
        // Nothing is under way, and nothing comes about, while the clock is set.
        call if call.is_create() => Reply::status(429).header("retry-after", "800"),
        _ => Reply::status(404),
    });
    let service = service.await;
    portal.register_scripted("dead", &service).await;
    let id = portal.tester().new_account_later("dead").await["id"].clone();
    eventually("it is tried again, and the service asks for time", async || {
        let account = portal.tester().account(&id).await;
        account["services"][0]["last_error"].as_str()?.contains("asks to wait").then_some(())
    })
    .await;
    assert_eq!(portal.tester().account(&id).await["state"], "provisioning");
    portal.clock.advance(Duration::from_secs(601));
    let account = portal.tester().account_once("failed", &id).await;
    assert_eq!(account["end_reason"], "failed");
    let calls = plot(&service.received());
    let removal = calls.rsplit(|call| *call == "create").next().unwrap();
    assert_eq!(removal, ["delete", "login"], "{calls:?}");
}
