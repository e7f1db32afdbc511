//! What need not be known for good can be forgotten, and the history can be
//! checked as before.

use rstest::rstest;
use serde_json::{Value, json};
use server::config::Retention;
use tests::{
    Database::{self, Postgres, Sqlite},
    Program, SANDBOX, Signal, TestPortal, Who, eventually,
};

const LOGIN: &str = Who::OtherTester.login();

/// A portal in whose every corner somebody has left their name.
async fn where_somebody_was(database: Database) -> TestPortal {
    let mut portal = TestPortal::start_guarded(database).await;
    portal.add(Who::OtherTester).await;
    let theirs = portal.api(Who::OtherTester);
    let asked = json!({ "services": [SANDBOX], "purpose": "try it out" });
    let denied = theirs.post("/api/v1/accounts", &asked).await.expect(202);
    portal.manager().act(&denied["id"], "deny", &json!({ "reason": "no" })).await.expect(200);
    let held = theirs.post("/api/v1/accounts", &asked).await.expect(202);
    portal.manager().act(&held["id"], "approve", &json!({})).await;
    theirs.account_once("active", &held["id"]).await;
    theirs.act(&held["id"], "freeze", &json!({})).await.expect(200);
    theirs.act(&held["id"], "unfreeze", &json!({})).await.expect(200);
    let over = json!({ "to": Who::Tester.login() });
    theirs.act(&held["id"], "hand-over", &over).await;
    eventually("it is the tester's", async || {
        (portal.admin().account(&held["id"]).await["holder"] == Who::Tester.login()).then_some(())
    })
    .await;
    theirs.post("/api/v1/tokens", &json!({ "name": "laptop of other-tester" })).await.expect(201);
    portal.issue_token(Who::Tester, &[], "1d").await;
    portal.manager().post("/api/v1/cleanups", &json!({ "requested_by": LOGIN, "run": "none" })).await;
    let frozen = theirs.post("/api/v1/accounts", &asked).await.expect(202);
    portal.manager().act(&frozen["id"], "approve", &json!({})).await;
    theirs.account_once("active", &frozen["id"]).await;
    portal.manager().act(&frozen["id"], "freeze", &json!({})).await.expect(200);
    theirs.act(&frozen["id"], "unfreeze", &json!({})).await.problem(403, "forbidden");
    portal.admin().revoke_later(&frozen["id"]).await;
    portal.admin().account_once("revoked", &frozen["id"]).await;
    let team = json!({ "team": "default" });
    let repeatable = portal.admin().call(http::Method::PATCH, &format!("/api/v1/people/{LOGIN}")).json(&team);
    repeatable.key("once").send().await;
    let browser = portal.signed_in(Who::OtherTester).await;
    let wrong = [("login", LOGIN), ("password", "no, it is not"), ("then", "")];
    browser.submit("/actions/sign_in", &wrong).await;
    portal.move_to_team(Who::OtherTester, "payments").await;
    portal.disable(Who::OtherTester).await;
    portal
}

#[rstest]
#[tokio::test]
async fn the_name_of_somebody_who_is_erased_stands_nowhere_and_the_chain_is_whole(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = where_somebody_was(database).await;
    portal.seal().await;
    let name_of = |event: &Value| event["actor"]["login"].as_str().unwrap().to_owned();
    let theirs = portal.events(&format!("actor={LOGIN}")).await.len();
    portal.events(&format!("q={LOGIN}&subject={LOGIN}")).await;
    let raw = portal.raw().await;
    assert!(contains(&raw.dump().await, LOGIN));
    assert!(raw.file().await.is_none_or(|file| contains(&file, LOGIN)));

    let name = portal.erase(Who::OtherTester).await.unwrap();
    assert!(name.starts_with("erased-"));
    let dump = raw.dump().await;
    let at = dump.windows(LOGIN.len()).position(|window| window == LOGIN.as_bytes());
    assert_eq!(
        at.map(|at| String::from_utf8_lossy(&dump[at.saturating_sub(200)..at + 40]).into_owned()),
        None
    );
    assert!(raw.file().await.is_none_or(|file| !contains(&file, LOGIN)), "it is overwritten");
    let events = portal.events(&format!("actor={name}")).await;
    assert_eq!(events.len(), theirs, "what they did is still what one person did");
    assert!(events.iter().all(|event| name_of(event) == name && event["actor"].get("token").is_none()));
    let others = portal.events(&format!("actor={}", Who::Manager.login())).await;
    assert!(others.iter().any(|event| event["action"] == "account_denied"), "what others did is left alone");

    portal.seal().await;
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], true);
    let refused = portal.erase(Who::OtherTester).await.unwrap_err();
    assert!(refused.kind == domain::ProblemKind::NotFound, "there is nobody called so any more");
    assert_eq!(portal.erase_login(&name).await.unwrap(), name, "once more does no harm");
    assert_eq!(portal.events(&format!("action=person_erased&subject={name}")).await.len(), 1);
    let path = format!("/api/v1/people/{name}");
    assert!(portal.admin().get(&path).await.expect(200)["disabled_at"].is_string());
    portal.admin().patch(&path, &json!({ "disabled": false })).await.problem(409, "conflict");
    portal.admin().order(&format!("{path}/invitation")).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn another_name_in_the_place_of_an_erased_one_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = where_somebody_was(database).await;
    let name = portal.erase(Who::OtherTester).await.unwrap();
    portal.seal().await;
    let raw = portal.raw().await;
    raw.drop_trigger("events", "update").await;
    for (blame, back) in [
        ("actor_login = 'manager'", format!("actor_login = '{name}'")),
        ("actor_login = 'erased-of-somebody-else'", format!("actor_login = '{name}'")),
        ("actor_token = 'x'", "actor_token = NULL".to_owned()),
        ("subject = 'manager'", format!("subject = '{name}'")),
    ] {
        let what = if blame.starts_with("actor") { "actor" } else { "subject" };
        let erased = raw.text(&format!("SELECT max({what}_hash) FROM events")).await.unwrap();
        for (set, is_whole) in [(blame, false), (&back, true)] {
            let sql = format!("UPDATE events SET {set} WHERE {what}_hash = '{erased}'");
            assert_eq!(raw.execute(&sql).await.unwrap(), 1);
            assert_eq!(
                portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"],
                is_whole,
                "{set}"
            );
        }
    }
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], true);
}

#[rstest]
#[tokio::test]
async fn a_name_that_was_put_where_there_was_none_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.admin().get("/api/v1/events").await.expect(200);
    portal.seal().await;
    let raw = portal.raw().await;
    raw.drop_trigger("events", "update").await;
    let blamed = "UPDATE events SET subject = 'tester' WHERE action = 'audit_read' AND subject IS NULL";
    assert!(raw.execute(blamed).await.unwrap() > 0);
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], false);
}

#[tokio::test]
async fn details_are_left_alone_where_a_login_is_another_word_too() {
    let portal = TestPortal::start(Sqlite).await;
    portal.admin().post("/api/v1/people", &json!({ "login": "role", "role": "tester" })).await.expect(201);
    portal.admin().patch("/api/v1/people/role", &json!({ "disabled": true })).await.expect(200);
    let told = async || portal.events("action=person_added").await;
    let with_details = |events: &[Value]| events.iter().filter(|event| event["details"].is_object()).count();
    let before = with_details(&told().await);
    portal.erase_login("role").await.unwrap();
    assert_eq!(with_details(&told().await), before);
}

#[rstest]
#[tokio::test]
async fn hiding_somebody_who_was_not_erased_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    portal.seal().await;
    let raw = portal.raw().await;
    let of = "FROM events WHERE actor_login = 'tester' AND action = 'account_requested'";
    let salt = raw.text(&format!("SELECT actor_salt {of}")).await.unwrap();
    let token = raw.text(&format!("SELECT actor_token {of}")).await.unwrap();
    let hash = server::audit::actor_hash(&salt, "tester", Some(&token));
    let name = portal.name_if_erased(Who::Tester).await;
    // What whoever may erase could write, without any trigger in the way.
    let hide = format!(
        "UPDATE events SET actor_login = '{name}', actor_token = NULL, actor_salt = NULL, actor_hash = '{hash}' \
         WHERE actor_salt = '{salt}'"
    );
    assert_eq!(raw.execute(&hide).await.unwrap(), 1);
    let verdict = portal.admin().get("/api/v1/events/verify").await.expect(200);
    assert_eq!(verdict["ok"], false);
    let says_so = |reason: &str| assert!(reason.contains("nobody has erased that person"), "{reason}");
    says_so(verdict["first_bad"]["reason"].as_str().unwrap());
    let export = portal.admin().get("/api/v1/events/export?format=ndjson").await.text;
    let verdict = server::audit::verify(|| Ok(export.as_bytes()), &[]).unwrap();
    says_so(&verdict.first_bad.unwrap().reason);
}

#[rstest]
#[tokio::test]
async fn hiding_somebody_behind_another_who_was_erased_is_found(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut portal = TestPortal::start(database).await;
    portal.add(Who::OtherTester).await;
    portal.disable(Who::OtherTester).await;
    let name = portal.erase(Who::OtherTester).await.unwrap();
    portal.move_to_team(Who::Tester, "payments").await;
    portal.seal().await;
    let raw = portal.raw().await;
    let salt =
        raw.text("SELECT subject_salt FROM events WHERE action = 'person_team_changed'").await.unwrap();
    let hash = server::audit::subject_hash(&salt, "tester");
    let hide = format!(
        "UPDATE events SET subject = '{name}', subject_salt = NULL, subject_hash = '{hash}' \
         WHERE subject_salt = '{salt}'"
    );
    assert_eq!(raw.execute(&hide).await.unwrap(), 1);
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], false);
}

#[rstest]
#[tokio::test]
async fn an_erasing_that_was_cut_off_goes_on_and_the_chain_is_whole_meanwhile(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let mut program = Program::new(database).await;
    program.add_person("kestrel", "tester", "secret-enough").await;
    program.issue_token("kestrel").await;
    program.run(&["person", "disable", "kestrel"]).await.success();
    for point in ["commit-before", "commit-after", "claim-before", "claim-after", "commit-before"] {
        program.set("FAILPOINTS", format!("{point}=return"));
        let cut_off = program.run(&["person", "erase", "kestrel"]).await;
        assert_eq!(cut_off.signal, Some(Signal::ABORT.as_raw()), "{point}: {}", cut_off.stderr);
        program.set("FAILPOINTS", "");
        program.run(&["audit", "verify"]).await.success();
    }
    let enabled = program.run(&["person", "enable", "kestrel"]).await;
    assert!(enabled.failure(1).contains("was erased"), "{}", enabled.stderr);
    let name = program.run(&["person", "erase", "kestrel"]).await.success().to_owned();
    program.run(&["audit", "verify"]).await.success();
    assert!(!contains(&program.raw().await.dump().await, "kestrel"));
    let export = program.run(&["audit", "export"]).await;
    assert_eq!(export.success().matches("\"person_erased\"").count(), 1);
    assert!(program.run(&["person", "list"]).await.success().starts_with(&name));
}

#[rstest]
#[tokio::test]
async fn an_event_loses_its_names_only_by_being_erased(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let raw = portal.raw().await;
    for change in [
        "actor_login = 'erased-x', actor_salt = NULL",
        "actor_login = 'erased-x', actor_hash = 'x'",
        "actor_salt = NULL, actor_hash = 'x', at = at + 1",
        "subject = 'erased-x', actor_salt = NULL, actor_hash = 'x'",
        "actor_login = 'manager', actor_salt = NULL, actor_hash = 'x'",
        "subject = 'erased-x', subject_salt = NULL, subject_hash = 'x'",
        "subject = NULL, subject_salt = NULL, subject_hash = 'x'",
    ] {
        let refused = raw.execute(&format!("UPDATE events SET {change}")).await.unwrap_err().to_string();
        assert!(refused.contains("the audit trail is append-only"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn nobody_is_erased_who_can_sign_in_or_holds_accounts() {
    let mut portal = TestPortal::start(Sqlite).await;
    portal.add(Who::OtherTester).await;
    let account = portal.api(Who::OtherTester).new_account().await;
    let refused = async |why: &str| {
        let problem = portal.erase(Who::OtherTester).await.unwrap_err();
        assert!(problem.detail.contains(why), "{problem:?}");
    };
    refused("Disable them first").await;
    portal.disable(Who::OtherTester).await;
    refused("Hand them over or revoke them first").await;
    portal.admin().delete(&format!("/api/v1/accounts/{}", account["id"].as_str().unwrap())).await.expect(200);
    portal.erase(Who::OtherTester).await.unwrap();
}

#[tokio::test]
async fn nobody_is_called_as_if_they_had_been_erased() {
    let portal = TestPortal::start(Sqlite).await;
    let person = json!({ "login": "erased-1", "role": "tester" });
    let problem = portal.admin().post("/api/v1/people", &person).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/login");
}

#[rstest]
#[tokio::test]
async fn an_event_that_was_sealed_with_its_names_is_checked_as_before(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let id = if database == Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    // The SHA-256 of `s{}`.
    let hash = "0cf1bd1ae0c0fc0b5d9d1f4f0a0f7b1d";
    let raw = portal.raw().await;
    let columns = "id, at, action, actor_kind, actor_login, subject, details_hash, salt, details";
    let values = format!("{id}, 1, 'signed_in', 'person', 'ann', 'ann', '{hash}', 's', '{{}}'");
    raw.execute(&format!("INSERT INTO new_events ({columns}) VALUES ({values})")).await.unwrap();
    raw.execute("DELETE FROM event_details WHERE salt = 's'").await.unwrap();
    portal.seal().await;
    let verdict = async || portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"].clone();
    assert_eq!(verdict().await, true);
    raw.drop_trigger("events", "update").await;
    raw.execute("UPDATE events SET actor_login = 'bob' WHERE actor_login = 'ann'").await.unwrap();
    assert_eq!(verdict().await, false);
}

#[rstest]
#[tokio::test]
async fn what_was_written_about_old_accounts_is_forgotten_when_the_settings_say_so(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let kept = Retention { ended_accounts: Some("30d".parse().unwrap()), audit_details: None };
    let mut portal = TestPortal::start_with(database, |config| config.retention = kept).await;
    let asked = json!({
        "services": [SANDBOX], "purpose": "Kestrel purpose", "ticket": "KES-1", "run": "ci:1",
        "labels": { "for": "Kestrel label" }, "count": 2,
    });
    let batch = portal.tester().post("/api/v1/accounts", &asked).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    let accounts = portal.tester().get("/api/v1/accounts?run=ci:1").await.items();
    portal.tester().post("/api/v1/cleanups", &json!({ "run": "ci:1" })).await;
    for account in &accounts {
        portal.tester().account_once("revoked", &account["id"]).await;
    }
    portal.start_again_after_days(20).await;
    let later = json!({ "services": [SANDBOX], "purpose": "ended later" });
    let later = portal.tester().post("/api/v1/accounts", &later).await.expect(201);
    portal.tester().revoke_later(&later["id"]).await;
    portal.tester().account_once("revoked", &later["id"]).await;
    portal.start_again_after_days(11).await;
    let shown = async |id: &Value| portal.admin().account(id).await;
    eventually("it is forgotten", async || {
        (shown(&accounts[0]["id"]).await["purpose"].is_null()).then_some(())
    })
    .await;
    let account = shown(&accounts[0]["id"]).await;
    assert_eq!((&account["ticket"], &account["labels"]), (&Value::Null, &json!({})));
    assert_eq!(account["username"], accounts[0]["username"], "that it was there is known for good");
    let batch = portal.admin().get(&format!("/api/v1/batches/{}", batch["id"].as_str().unwrap())).await;
    assert!(!batch.text.contains("Kestrel"), "{}", batch.text);
    assert_eq!(shown(&later["id"]).await["purpose"], "ended later");
    let told = portal.events("action=details_forgotten").await;
    // The second batch is the cleanup.
    assert_eq!(told[0]["details"], json!({ "accounts": 2, "batches": 2, "events": 0 }));
}

#[rstest]
#[tokio::test]
async fn the_details_of_old_events_are_erased_when_the_settings_say_so(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let kept = Retention { ended_accounts: None, audit_details: Some("365d".parse().unwrap()) };
    let mut portal = TestPortal::start_with(database, |config| config.retention = kept).await;
    let account = portal.tester().new_account().await;
    let of_account = format!("account={}", account["id"].as_str().unwrap());
    let before = portal.events(&of_account).await;
    assert!(before.iter().all(|event| event["details"].is_object()));
    portal.start_again_after_days(366).await;
    let old = eventually("they are erased", async || {
        let mut events = portal.events(&of_account).await;
        events.truncate(before.len());
        events.iter().all(|event| event["details"].is_null()).then_some(events)
    })
    .await;
    assert_eq!(old[0]["actor"], before[0]["actor"]);
    let told = portal.events("action=details_forgotten").await;
    assert!(told[0]["details"]["events"].as_u64().unwrap() > 0);
    portal.seal().await;
    assert_eq!(portal.admin().get("/api/v1/events/verify").await.expect(200)["ok"], true);
}

fn contains(dump: &[u8], what: &str) -> bool {
    dump.windows(what.len()).any(|window| window == what.as_bytes())
}
