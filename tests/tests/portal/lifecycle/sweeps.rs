//! Comparing services with the ledger while things are under way.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer,
    Database::{self, Postgres, Sqlite},
    Received, Reply, ScriptedTarget, TestPortal, article_service, eventually,
};

const SWEEP: &str = "/api/v1/services/listing/sweep";

/// A service that lists what a test wants, and does everything else by a
/// script.
struct Listing {
    service: ScriptedTarget,
    listed: Arc<Mutex<(Vec<String>, Duration)>>,
}

impl Listing {
    async fn start(portal: &TestPortal, script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listed: Arc<Mutex<(Vec<String>, Duration)>> = Arc::default();
        let shown = listed.clone();
        let service = ScriptedTarget::start(move |call| {
            if !is_list(call) {
                return script(call);
            }
            let (names, after) = shown.lock().unwrap().clone();
            Reply::status(200).body(json!({ "accounts": names })).after(after)
        })
        .await;
        let mut table = article_service("listing", &service.target.url());
        table["http"]["list"] = json!({ "request": "GET /accounts", "items": "/accounts" });
        portal.register(&table).await;
        Self { service, listed }
    }

    /// Lists these from now on, after that time.
    fn now(&self, names: &[&Value], after: Duration) {
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        *self.listed.lock().unwrap() = (names, after);
    }

    fn count(&self, which: impl Fn(&Received) -> bool) -> usize {
        self.service.received().iter().filter(|call| which(call)).count()
    }

    /// Begins a sweep; returns once the service was asked for its list.
    async fn begin_sweep(&self, portal: &TestPortal) -> tokio::task::JoinHandle<Answer> {
        let before = self.count(is_list);
        let admin = portal.admin();
        let sweep = tokio::spawn(async move { admin.order(SWEEP).await });
        eventually("the list is asked for", async || (self.count(is_list) > before).then_some(())).await;
        sweep
    }
}

fn is_list(call: &Received) -> bool {
    call.what.starts_with("GET /accounts")
}

async fn account(portal: &TestPortal) -> Value {
    let wanted = json!({ "services": ["listing"], "ttl": "7d" });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201)
}

fn path_of(account: &Value) -> String {
    format!("/api/v1/accounts/{}", account["id"].as_str().unwrap())
}

fn nothing() -> Value {
    json!({ "unknown": [], "missing": [] })
}

#[rstest]
#[tokio::test]
async fn what_comes_or_goes_while_a_service_lists_its_accounts_is_no_drift(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let listing = Listing::start(&portal, |_| Reply::status(200)).await;
    let going = account(&portal).await;
    listing.now(&[&going["username"]], Duration::from_secs(4));
    let sweep = listing.begin_sweep(&portal).await;
    // The list was made by now: it has the one, and not the other.
    account(&portal).await;
    portal.tester().delete(&path_of(&going)).await.expect(200);
    assert!(!sweep.is_finished(), "the service took its time");
    assert_eq!(sweep.await.unwrap().expect(200), nothing());
    assert_eq!(listing.count(Received::is_delete), 1, "only the revocation deleted it");
}

#[rstest]
#[tokio::test]
async fn what_is_being_removed_is_neither_unknown_nor_missing(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let listing =
        Listing::start(&portal, |call| Reply::status(if call.is_delete() { 500 } else { 200 })).await;
    let leaving = account(&portal).await;
    portal.tester().revoke_later(&leaving["id"]).await;
    listing.now(&[&leaving["username"]], Duration::ZERO);
    assert_eq!(portal.admin().order(SWEEP).await.expect(200), nothing());
    listing.now(&[], Duration::ZERO);
    assert_eq!(portal.admin().order(SWEEP).await.expect(200), nothing());
}

#[rstest]
#[tokio::test]
async fn what_is_being_created_is_neither_unknown_nor_missing(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let slow = Listing::start(&portal, |call| {
        let after = if call.is_create() { Duration::from_secs(4) } else { Duration::ZERO };
        Reply::status(200).after(after)
    })
    .await;
    let coming = portal.tester().new_account_later("listing").await;
    eventually("it is being created", async || (slow.count(Received::is_create) > 0).then_some(())).await;
    for names in [&[&coming["username"]][..], &[]] {
        slow.now(names, Duration::ZERO);
        assert_eq!(portal.admin().order(SWEEP).await.expect(200), nothing());
    }
    assert_eq!(portal.tester().account(&coming["id"]).await["state"], "provisioning");
}

#[rstest]
#[tokio::test]
async fn a_stranger_whose_name_stands_in_the_ledger_is_left_alone(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let listing = Listing::start(&portal, |call| match call {
        call if call.is_create() => Reply::status(409).after(Duration::from_secs(1)),
        _ => Reply::status(200),
    })
    .await;
    let account = portal.tester().new_account_later("listing").await;
    eventually("the name is tried", async || (listing.count(Received::is_create) > 0).then_some(())).await;
    portal.tester().revoke_later(&account["id"]).await;
    let ended = portal.tester().account_once("revoked", &account["id"]).await;
    assert_eq!(ended["username"], account["username"], "there was no need for another name");
    assert!(ended["services"][0]["proof"].as_str().unwrap().contains("somebody else"));
    listing.now(&[&account["username"]], Duration::ZERO);
    for _ in 0..2 {
        let found = portal.admin().order(SWEEP).await.expect(200);
        assert_eq!(
            (&found["unknown"][0]["minted"], &found["unknown"][0]["state"]),
            (&json!(false), &json!("open"))
        );
    }
    let entry = portal.admin().get("/api/v1/drift").await.items().remove(0);
    let delete = format!("/api/v1/drift/{}/delete", entry["id"].as_str().unwrap());
    portal.admin().order(&delete).await.problem(409, "conflict");
    assert_eq!(listing.count(Received::is_delete), 0);
}

#[rstest]
#[tokio::test]
async fn one_sweep_of_a_service_is_made_at_a_time_and_seen_through(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let listing = Listing::start(&portal, |_| Reply::status(200)).await;
    listing.now(&[&json!("test_stranger")], Duration::from_secs(2));
    let first = listing.begin_sweep(&portal).await;
    let refused = portal.admin().order(SWEEP).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("is being swept"), "{refused}");
    portal.admin().order(&format!("{SWEEP}?dry_run=true")).await.expect(200);
    assert_eq!(first.await.unwrap().expect(200)["unknown"][0]["sweeps"], 1);

    let second = listing.begin_sweep(&portal).await;
    second.abort();
    let shown = async || portal.admin().get("/api/v1/drift").await.items().pop();
    let entry = eventually("whoever asked may go away", shown).await;
    assert_eq!((&entry["username"], &entry["sweeps"]), (&json!("test_stranger"), &json!(2)));
}

#[rstest]
#[tokio::test]
async fn a_sweep_that_fails_is_told_counts_for_nothing_and_is_made_again_at_the_next_turn(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(500)).await;
    let mut table = article_service("listing", &service.target.url());
    table["http"]["list"] = json!({ "request": "GET /accounts", "items": "/accounts" });
    portal.register(&table).await;
    let last =
        async || portal.admin().get("/api/v1/services/listing").await.expect(200)["last_sweep"].clone();
    let turn = async |what: &str, is_so: &(dyn Fn(&Value) -> bool + Sync)| {
        let before = last().await["begun_at"].clone();
        portal.clock.advance(Duration::from_secs(3_601));
        let is_new = async || Some(last().await).filter(|last| last["begun_at"] != before && is_so(last));
        eventually(what, is_new).await
    };
    let works = |_: &Received| Reply::status(200).body(json!({ "accounts": ["test_stranger"] }));
    let failed =
        |last: &Value| last["problem"].as_str().is_some_and(|problem| problem.contains("GET /accounts"));
    let succeeded = |last: &Value| last.get("problem").is_none() && last["swept_at"].is_string();
    assert!(turn("the sweep fails", &failed).await.get("swept_at").is_none());
    service.now(works);
    turn("the sweep succeeds", &succeeded).await;
    service.now(|_| Reply::status(500));
    assert!(turn("the sweep fails again", &failed).await["swept_at"].is_string());
    assert!(portal.admin().get("/api/v1/drift").await.items().is_empty());
    service.now(works);
    turn("the sweep succeeds again", &succeeded).await;
    assert_eq!(portal.admin().get("/api/v1/drift").await.items()[0]["sweeps"], 2);
}

#[rstest]
#[tokio::test]
async fn a_service_that_does_not_say_that_it_is_there_for_tests_is_not_even_listed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(404)).await;
    let mut table = article_service("listing", &service.target.url());
    table["http"]["list"] = json!({ "request": "GET /accounts", "items": "/accounts" });
    table["http"]["attest"] = json!({ "request": "GET /environment" });
    portal.register(&table).await;
    portal.admin().order(SWEEP).await.problem(409, "conflict");
    assert!(!service.received().iter().any(is_list));
    let refused = portal.events("action=call_refused&service=listing").await;
    assert_eq!((refused.len(), &refused[0]["actor"]["login"]), (1, &json!("admin")));
}
