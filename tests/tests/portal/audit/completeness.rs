//! Everything that happens is in the audit.

use std::{collections::BTreeSet, time::Duration};

use domain::{Ttl, audit::Action, people::Role};
use rstest::rstest;
use serde_json::json;
use strum::IntoEnumIterator;
use tests::{
    Database::{self, Postgres, Sqlite},
    Issuer, Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, eventually, full_service,
    listing_service, with_approval,
};

use crate::{
    lifecycle::creating_first_answers,
    pages::provider::{provider, sign_in},
};

#[rstest]
#[tokio::test]
async fn every_kind_of_event_comes_about(#[values(Sqlite, Postgres)] database: Database) {
    let issuer = Issuer::start().await;
    let mut portal = TestPortal::start_with(database, |config| {
        provider(&issuer)(config);
        config.retention.ended_accounts = Some(Ttl::days(30));
    })
    .await;
    portal.add(Who::OtherTester).await;
    people_and_tokens_come_and_go(&portal).await;
    somebody_comes_through_the_provider(&portal, &issuer).await;
    accounts_are_created_and_end(&portal).await;
    an_account_is_used(&portal).await;
    a_hand_over_is_called_off(&portal).await;
    requests_are_decided(&portal).await;
    many_are_dealt_with_as_one(&portal).await;
    services_are_tried_out(&portal).await;
    a_service_is_down_for_a_while(&portal).await;
    services_are_paused_and_retired(&portal).await;
    a_service_and_the_ledger_differ(&portal).await;
    the_clock_jumps(&portal).await;

    portal.rotate_keys().await;
    portal.start_again_after_days(60).await;
    eventually("what is old is forgotten", async || {
        (!portal.events("action=details_forgotten").await.is_empty()).then_some(())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let backed_up = portal.back_up(&folder.path().join("copy.db")).await;
    portal.manager().get("/api/v1/events/export?format=csv").await;
    portal.manager().get("/api/v1/events").await;

    let seen: BTreeSet<String> = portal
        .admin()
        .all("/api/v1/events")
        .await
        .iter()
        .map(|event| event["action"].as_str().unwrap().to_owned())
        .collect();
    // PostgreSQL has its own means.
    assert_eq!(backed_up, database == Sqlite);
    let comes_about = |action: &Action| backed_up || *action != Action::BackupMade;
    let all: BTreeSet<String> = Action::iter().filter(comes_about).map(|action| action.to_string()).collect();
    assert_eq!(seen, all);
}

async fn services_are_tried_out(portal: &TestPortal) {
    portal.admin().order(&format!("/api/v1/services/{SANDBOX}/check")).await.expect(200);
    let nobody = ScriptedTarget::start(|_| Reply::status(404)).await;
    let mut table = article_service("attested", &nobody.target.url());
    table["http"]["attest"] = json!({ "request": "GET /about" });
    table["secret"] = json!("sealed");
    portal.register(&table).await;
    portal.admin().put("/api/v1/services/attested/secret", &json!({ "value": "s3rvice" })).await.expect(200);
    let account = portal.tester().new_account_later("attested").await;
    portal.tester().account_once("failed", &account["id"]).await;
}

async fn people_and_tokens_come_and_go(portal: &TestPortal) {
    let browser = portal.browser();
    browser.submit("/actions/sign_in", &[("login", "tester"), ("password", "wrong"), ("then", "")]).await;
    browser.sign_in(Who::Tester).await;
    browser.submit("/actions/sign_out", &[]).await;
    let token = portal.tester().post("/api/v1/tokens", &json!({ "name": "spare" })).await.expect(201);
    portal.tester().delete(&format!("/api/v1/tokens/{}", token["id"].as_str().unwrap())).await.expect(200);
    portal.disable(Who::SecondTester).await;
    portal.enable_as(Who::SecondTester, Role::Manager, "another-secret").await;
    portal.disable(Who::OtherTester).await;
    portal.erase(Who::OtherTester).await.unwrap();
    let admin = portal.admin();
    admin.post("/api/v1/teams", &json!({ "slug": "search" })).await.expect(201);
    admin.patch("/api/v1/teams/search", &json!({ "name": "Search" })).await.expect(200);
    for team in ["search", "default"] {
        admin.patch("/api/v1/people/second-tester", &json!({ "team": team })).await.expect(200);
    }
    admin.delete("/api/v1/teams/search").await.expect(200);
    admin.order("/api/v1/people/second-tester/invitation").await.expect(201);
    let browser = portal.signed_in(Who::Tester).await;
    let session = portal.newest_session(Who::Tester).await;
    browser.script("/actions/end_session", &[("session", &session)]).await.expect(200);
}

async fn somebody_comes_through_the_provider(portal: &TestPortal, issuer: &Issuer) {
    portal.admin().post("/api/v1/people", &json!({ "login": "ann", "role": "tester" })).await.expect(201);
    let ann = json!({ "sub": "s", "preferred_username": "ann", "groups": ["testers"] });
    assert_eq!(sign_in(&portal.browser(), issuer, ann).await.header("location"), "/batches");
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ("subject_token", "junk"),
    ];
    portal.anonymous().call(http::Method::POST, "/oauth/token").form(&form).send().await.expect(400);
}

async fn accounts_are_created_and_end(portal: &TestPortal) {
    let service = ScriptedTarget::start(creating_first_answers(&[409, 500], 200)).await;
    portal.register_scripted("orders", &service).await;
    let mut table = article_service("orders", &service.target.url());
    table["name"] = json!("Orders");
    portal.admin().post("/api/v1/services", &table).await.expect(200);
    let orders = json!({ "services": ["orders"] });
    let id = portal.tester().post("/api/v1/accounts", &orders).await.expect(201)["id"].clone();
    portal.tester().act(&id, "renew", &json!({ "ttl": "2h" })).await.expect(200);
    portal.manager().act(&id, "reveal", &json!({})).await.problem(403, "forbidden");
    portal.tester().delete(&format!("/api/v1/accounts/{}", id.as_str().unwrap())).await.expect(202);
    // What the first attempt may still bring about is waited for.
    portal.clock.advance(Duration::from_secs(60));
    portal.tester().account_once("revoked", &id).await;
    service.now(|call| Reply::status(if call.is_create() { 400 } else { 200 }));
    portal.tester().post("/api/v1/accounts", &orders).await.expect(202);
}

async fn an_account_is_used(portal: &TestPortal) {
    portal.register(&full_service(SANDBOX, &portal.sandbox.0.url())).await;
    let id = portal.tester().new_account().await["id"].clone();
    let to = json!({ "to": "second-tester" });
    for (what, body) in
        [("freeze", json!({})), ("unfreeze", json!({})), ("reset", json!({})), ("hand-over", to)]
    {
        portal.tester().act(&id, what, &body).await.expect(200);
    }
}

async fn a_hand_over_is_called_off(portal: &TestPortal) {
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 500 } else { 200 })).await;
    portal.register_scripted("clinging", &service).await;
    let account = portal.tester().post("/api/v1/accounts", &json!({ "services": ["clinging"] })).await;
    let path = format!("/api/v1/accounts/{}/hand-over", account.expect(201)["id"].as_str().unwrap());
    let to = json!({ "to": "manager" });
    let call = portal.tester().call(http::Method::POST, &path).json(&to).header("prefer", "respond-async");
    call.send().await.expect(202);
    let call = portal.tester().call(http::Method::DELETE, &path).header("prefer", "respond-async");
    call.send().await.expect(202);
}

async fn requests_are_decided(portal: &TestPortal) {
    let mut table = with_approval(article_service("guarded", &portal.sandbox.0.url()));
    table["policy"]["request_for"] = json!("1m");
    portal.register(&table).await;
    let request = async || portal.tester().new_account_later("guarded").await["id"].clone();
    portal.manager().act(&request().await, "approve", &json!({})).await.expect(200);
    portal.manager().act(&request().await, "deny", &json!({ "reason": "not now" })).await.expect(200);
    let path = format!("/api/v1/accounts/{}", request().await.as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    let left = request().await;
    portal.clock.advance(Duration::from_secs(61));
    portal.tester().account_once("lapsed", &left).await;
}

async fn many_are_dealt_with_as_one(portal: &TestPortal) {
    let service = ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    portal.register_scripted("strict", &service).await;
    let wanted = json!({ "services": ["strict"], "count": 2, "run": "nightly" });
    let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    service.now(|_| Reply::status(200));
    let path = format!("/api/v1/batches/{}/retry", batch["id"].as_str().unwrap());
    portal.tester().order(&path).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    portal.tester().put("/api/v1/runs/nightly/keep", &json!({ "for": "1h" })).await.expect(200);
}

async fn a_service_is_down_for_a_while(portal: &TestPortal) {
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("shaky", &service).await;
    let wanted = json!({ "services": ["shaky"], "count": 6 });
    let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    service.now(|_| Reply::status(503));
    portal.tester().post("/api/v1/cleanups", &json!({ "service": "shaky" })).await.expect(202);
    let told = async |action: &str| {
        eventually(action, async || portal.events(&format!("action={action}&service=shaky")).await.pop())
            .await;
    };
    told("service_down").await;
    let debt = portal.tester().get("/api/v1/debt?service=shaky").await.items();
    let path = format!("/api/v1/debt/{}/retry", debt[0]["enrollment"].as_str().unwrap());
    portal.tester().order(&path).await.expect(202);
    service.now(|_| Reply::status(200));
    told("service_up").await;
}

async fn services_are_paused_and_retired(portal: &TestPortal) {
    portal.register(&article_service("brief", &portal.sandbox.0.url())).await;
    portal.tester().post("/api/v1/accounts", &json!({ "services": ["brief"] })).await.expect(201);
    for what in ["pause", "resume"] {
        portal.admin().order(&format!("/api/v1/services/brief/{what}")).await.expect(200);
    }
    portal.admin().delete("/api/v1/services/brief?drain=true").await.expect(202);
    let retired = async || portal.events("action=service_retired").await.pop();
    eventually("it is retired", retired).await;
}

async fn a_service_and_the_ledger_differ(portal: &TestPortal) {
    portal.register(&listing_service(SANDBOX, &portal.sandbox.0.url())).await;
    for name in ["test_adopted", "test_ignored"] {
        portal.sandbox.create(name, "secret").await;
    }
    let missing = portal.tester().new_account().await["username"].clone();
    portal.sandbox.delete(missing.as_str().unwrap()).await;
    for _ in 0..2 {
        portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200);
    }
    for entry in portal.admin().get("/api/v1/drift").await.items() {
        let what = match entry["username"].as_str().unwrap() {
            "test_adopted" => "adopt",
            "test_ignored" => "ignore",
            _ => "delete",
        };
        let path = format!("/api/v1/drift/{}/{what}", entry["id"].as_str().unwrap());
        portal.admin().order(&path).await.expect(200);
    }
}

async fn the_clock_jumps(portal: &TestPortal) {
    portal.clock.jump_secs(172_800);
    let paused = async || portal.events("action=expiry_paused").await.pop();
    eventually("the jump was seen", paused).await;
    portal.admin().order("/api/v1/expiry/resume").await.expect(200);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_written_down_does_not_happen(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let before = portal.tester().account(&account["id"]).await;
    let raw = portal.raw().await;
    let (cut_off, mend) = match database {
        // There everything that names the table would be renamed with it.
        Sqlite => (
            "CREATE TRIGGER cut_off BEFORE INSERT ON event_details BEGIN SELECT RAISE(ABORT, 'cut off'); END",
            "DROP TRIGGER cut_off",
        ),
        Postgres => {
            ("ALTER TABLE event_details RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO event_details")
        }
    };
    raw.execute(cut_off).await.unwrap();
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
    raw.execute(mend).await.unwrap();
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
