//! `GET /api/v1/events`

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, assert_has,
};

const EVENTS: &str = "/api/v1/events";

#[rstest]
#[tokio::test]
async fn filters_find_what_they_say_and_nothing_else(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "services": [SANDBOX], "run": "ci:1" });
    let account = portal.tester().post("/api/v1/accounts", &body).await.expect(201);
    let (id, username) = (account["id"].as_str().unwrap(), account["username"].as_str().unwrap());
    let other = portal.second_tester().new_account().await;
    portal.manager().order(&format!("/api/v1/accounts/{id}/reveal")).await.problem(403, "forbidden");

    let all = portal.events("").await;
    let of_account: Vec<_> = all.iter().filter(|event| event["account"] == account["id"]).cloned().collect();
    assert!(of_account.len() >= 4);
    assert_eq!(portal.events(&format!("account={id}")).await, of_account);
    assert_eq!(portal.events(&format!("account={username}")).await, of_account);
    assert_eq!(portal.events("run=ci:1").await, of_account);
    for (query, field, value) in [
        ("actor=second-tester", "/actor/login", json!("second-tester")),
        ("action=account_requested", "/action", json!("account_requested")),
        ("subject=reveal_account", "/subject", json!("reveal_account")),
        ("service=user-service", "/service", json!(SANDBOX)),
        (&format!("account={}", other["id"].as_str().unwrap()), "/account", other["id"].clone()),
    ] {
        let expected: Vec<_> =
            all.iter().filter(|event| event.pointer(field) == Some(&value)).cloned().collect();
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(portal.events(query).await, expected, "{query}");
    }
    assert!(portal.events("actor=nobody").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_span_of_time_begins_with_from_and_ends_before_to(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.clock.advance(Duration::from_secs(60));
    let account = portal.tester().new_account().await;
    let first = portal.events(&format!("account={}", account["id"].as_str().unwrap())).await[0].clone();
    let at = first["at"].as_str().unwrap();
    assert!(portal.events(&format!("from={at}")).await.contains(&first));
    let before = portal.events(&format!("to={at}")).await;
    assert!(!before.is_empty() && !before.contains(&first));
}

#[rstest]
#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_doubles(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    let mut whole = portal.manager().get(&format!("{EVENTS}?limit=200")).await.items();
    let mut seen = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let page = portal.manager().get(&format!("{EVENTS}?limit=2{cursor}")).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].as_str().map(|next| format!("&cursor={next}"));
    }
    // Each look is an event by the next one.
    for list in [&mut seen, &mut whole] {
        list.retain(|event: &serde_json::Value| event["action"] != "audit_read");
    }
    assert_eq!(seen, whole);
    for event in &whole {
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
    }
}

#[rstest]
#[tokio::test]
async fn managers_and_admins_read_it_and_the_refusal_of_others_is_in_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    portal.manager().get(EVENTS).await.expect(200);
    let refused = portal.tester().get(EVENTS).await;
    refused.problem(403, "forbidden");
    let noted = portal.events("action=refused").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(
        (&noted[0]["actor"]["login"], &noted[0]["subject"]),
        (&json!("tester"), &json!("list_events"))
    );
    assert_eq!(noted[0]["request_id"], refused.header("x-request-id"));
    let blind = portal.narrowed(Who::Admin, &["accounts:read"]).await;
    blind.get(EVENTS).await.problem(403, "forbidden");
    let reader = portal.narrowed(Who::Manager, &["events:read"]).await;
    reader.get(EVENTS).await.expect(200);
}

#[rstest]
#[tokio::test]
async fn a_filter_that_fits_nothing_finds_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    for filter in ["actor", "subject", "account", "service", "run"] {
        for odd in ["nobodys", "'; DROP TABLE events; --", "%25", "\u{10ffff}", "x".repeat(200).as_str()] {
            let answer = portal.manager().get(&format!("{EVENTS}?{filter}={odd}")).await;
            assert!(answer.items().is_empty(), "{filter}={odd}");
        }
        let control = portal.manager().get(&format!("{EVENTS}?{filter}=nul%00")).await;
        assert!([200, 422].contains(&control.status), "{filter}: {}", control.text);
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    for (query, pointer) in [
        ("action=exploded", "/action"),
        ("from=yesterday", "/from"),
        ("to=2026-01-31", "/to"),
        ("limit=201", "/limit"),
        ("cursor=nonsense", "/cursor"),
        ("actr=tester", "/actr"),
    ] {
        let answer = portal.manager().get(&format!("{EVENTS}?{query}")).await;
        assert_eq!(answer.invalid_fields(), [pointer], "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_manager_reads_what_concerns_the_teams_people_whoever_did_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    portal
        .raw()
        .await
        .execute("UPDATE people SET team = 'other' WHERE login = 'second-tester'")
        .await
        .unwrap();
    for who in [Who::Tester, Who::SecondTester] {
        let fields = [("login", who.login()), ("password", "wrong"), ("then", "")];
        portal.browser().submit("/actions/sign_in", &fields).await;
        portal.issue_token(who, &["accounts:read"], "1h").await;
    }
    let read = async |query: &str| portal.manager().get(&format!("{EVENTS}?{query}")).await.items();
    let failed = read("action=sign_in_failed").await;
    assert_eq!((failed.len(), &failed[0]["subject"]), (1, &json!("tester")));
    let owners: Vec<_> = read("action=token_issued").await;
    let owners: Vec<_> = owners.iter().map(|event| event["details"]["owner"].clone()).collect();
    assert_eq!(owners.iter().filter(|owner| **owner == "tester").count(), 2, "{owners:?}");
    // Issued while that one was of the team.
    assert_eq!(owners.iter().filter(|owner| **owner == "second-tester").count(), 1, "{owners:?}");
    assert_eq!(read("action=person_added").await.len(), Who::ALL.len());
}

#[rstest]
#[tokio::test]
async fn words_are_found_wherever_they_stand_and_mean_nothing_else(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "services": [SANDBOX], "purpose": "Checkout 100%_sure", "ticket": "SHOP-7" });
    portal.tester().post("/api/v1/accounts", &body).await.expect(201);
    portal.tester().new_account().await;
    let found = async |q: &str| {
        let words: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        portal.events(&format!("action=account_requested&q={words}")).await.len()
    };
    for (q, count) in [
        ("checkout", 1),
        ("SHOP-7 tester", 1),
        ("checkout nothing", 0),
        ("100%_sure", 1),
        ("100_sure", 0),
        ("%", 1),
        (SANDBOX, 2),
        ("' OR 1=1 --", 0),
    ] {
        assert_eq!(found(q).await, count, "{q}");
    }
    let many = portal.admin().get("/api/v1/events?q=a+b+c+d+e+f+g+h+i").await;
    assert_eq!(many.invalid_fields(), ["/q"]);
}
