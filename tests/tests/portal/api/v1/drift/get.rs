//! `GET /api/v1/drift`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, assert_has,
};

use super::{DRIFT, entry_after_two_sweeps, lasting_account, sweep, swept_by_itself, the_entry};

#[rstest]
#[tokio::test]
async fn names_what_was_seen_in_two_sweeps_in_a_row_and_only_once_says_so(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create("test_stranger", "secret").await;
    let found = portal.events("action=drift_found");
    assert!(found.await.is_empty());
    for (sweeps, shown, told) in [(1, 0, 0), (2, 1, 1), (3, 1, 1)] {
        let seen = sweep(&portal).await["unknown"][0].clone();
        assert_eq!((&seen["username"], &seen["sweeps"]), (&json!("test_stranger"), &json!(sweeps)));
        assert_eq!(portal.admin().get(DRIFT).await.items().len(), shown);
        assert_eq!(portal.events("action=drift_found").await.len(), told);
    }
    let entry = the_entry(&portal).await;
    assert_has(
        &entry,
        &[
            "id",
            "service",
            "kind",
            "state",
            "username",
            "remote_id",
            "account",
            "minted",
            "first_seen",
            "last_seen",
            "sweeps",
        ],
    );
    assert_eq!((&entry["kind"], &entry["minted"]), (&json!("unknown"), &json!(false)));

    portal.sandbox.delete("test_stranger").await;
    sweep(&portal).await;
    assert!(portal.admin().get(DRIFT).await.items().is_empty(), "it is no more");
    portal.sandbox.create("test_stranger", "secret").await;
    assert_eq!(sweep(&portal).await["unknown"][0]["sweeps"], 1, "it is counted anew");
    assert!(portal.admin().get(DRIFT).await.items().is_empty());
}

#[rstest]
#[tokio::test]
async fn names_what_the_worker_has_seen_twice_and_leaves_it(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    let username = super::come_back(&portal).await;
    let missing = lasting_account(&portal).await;
    portal.sandbox.delete(missing["username"].as_str().unwrap()).await;
    swept_by_itself(&portal).await;
    assert!(portal.admin().get(DRIFT).await.items().is_empty());
    swept_by_itself(&portal).await;
    let entries = portal.admin().all(DRIFT).await;
    let told: Vec<_> =
        entries.iter().map(|entry| (&entry["kind"], &entry["username"], &entry["minted"])).collect();
    assert!(told.contains(&(&json!("unknown"), &json!(username), &json!(true))), "{entries:?}");
    assert!(told.contains(&(&json!("missing"), &missing["username"], &json!(true))), "{entries:?}");
    assert_eq!(entries.len(), 2);
    assert_eq!(portal.sandbox.usernames().await, [username], "only who asks for a sweep has it deleted");
    let found = portal.events("action=drift_found").await;
    assert!(found.len() == 2 && found.iter().all(|event| event["actor"]["kind"] == "system"), "{found:?}");
    let history = portal.tester().actions_of(&missing["id"]).await;
    assert_eq!(history.last().map(String::as_str), Some("drift_found"), "the account's holder is told");
}

#[rstest]
#[tokio::test]
async fn managers_see_what_they_may_see_of_accounts_and_testers_nothing(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    let account = lasting_account(&portal).await;
    portal.sandbox.delete(account["username"].as_str().unwrap()).await;
    let entry = entry_after_two_sweeps(&portal).await;
    for query in ["", &format!("?service={SANDBOX}")] {
        assert_eq!(
            portal.manager().get(&format!("{DRIFT}{query}")).await.items(),
            std::slice::from_ref(&entry)
        );
    }
    portal.raw().await.execute("UPDATE accounts SET team = 'another'").await.unwrap();
    assert!(portal.manager().get(DRIFT).await.items().is_empty());
    assert_eq!(portal.admin().get(DRIFT).await.items(), [entry]);
    assert!(portal.admin().get(&format!("{DRIFT}?service=other")).await.items().is_empty());
    assert_eq!(portal.admin().get(&format!("{DRIFT}?service=No")).await.invalid_fields(), ["/service"]);
    assert_eq!(portal.admin().get(&format!("{DRIFT}?kind=unknown")).await.invalid_fields(), ["/kind"]);
    portal.tester().get(DRIFT).await.problem(403, "forbidden");
    let reader = portal.narrowed(Who::Manager, &["accounts:read"]).await;
    reader.get(DRIFT).await.problem(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn comes_page_by_page(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_listing(database).await;
    for n in 0..5 {
        portal.sandbox.create(&format!("test_stranger_{n}"), "secret").await;
    }
    sweep(&portal).await;
    sweep(&portal).await;
    let first = portal.admin().get(&format!("{DRIFT}?limit=3")).await;
    assert_eq!(first.items().len(), 3);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = portal.admin().get(&format!("{DRIFT}?limit=3&cursor={next}")).await;
    assert!(second.json()["next"].is_null());
    let mut names: Vec<_> =
        first.items().iter().chain(&second.items()).map(|entry| entry["username"].to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5);
}
