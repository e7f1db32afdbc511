//! Somebody who owns the database, and knows how it is sealed, still cannot
//! change history: signed heads of it are kept elsewhere.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Program, TestPortal,
};

/// A portal that has stopped once, and signed by that all that was there.
async fn with_a_signed_history(database: Database) -> TestPortal {
    let mut portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    portal.restart().await;
    let verdict = verdict(&portal).await;
    assert_eq!(verdict["ok"], true, "{verdict}");
    assert!(verdict["signed"].as_u64().unwrap() > 5, "{verdict}");
    portal
}

async fn verdict(portal: &TestPortal) -> Value {
    portal.seal().await;
    portal.admin().get("/api/v1/events/verify").await.expect(200)
}

#[rstest]
#[tokio::test]
async fn a_history_that_was_cut_off_at_its_end_is_found(#[values(Sqlite, Postgres)] database: Database) {
    let portal = with_a_signed_history(database).await;
    let raw = portal.raw().await;
    raw.ignore_references().await;
    for (table, id) in [("events", "id"), ("event_details", "event_id"), ("seals", "event_id")] {
        if table != "event_details" {
            raw.drop_trigger(table, "delete").await;
        }
        let ids = "SELECT event_id FROM seals WHERE seq > 3";
        raw.execute(&format!("DELETE FROM {table} WHERE {id} IN ({ids})")).await.unwrap();
    }
    let verdict = portal.admin().get("/api/v1/events/verify").await.expect(200);
    assert_eq!((&verdict["ok"], &verdict["events"]), (&json!(false), &json!(3)), "{verdict}");
    let bad = &verdict["first_bad"];
    assert_eq!(bad["seq"], 4, "{verdict}");
    assert!(bad["reason"].as_str().unwrap().contains("are missing at the end"), "{verdict}");
}

#[rstest]
#[tokio::test]
async fn a_history_that_was_written_anew_with_good_seals_is_found(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = with_a_signed_history(database).await;
    let raw = portal.raw().await;
    raw.drop_trigger("events", "update").await;
    raw.drop_trigger("seals", "delete").await;
    // The forger changes an event, throws all seals away, and lets the portal itself seal everything again.
    let third = "(SELECT event_id FROM seals WHERE seq = 3)";
    assert_eq!(
        raw.execute(&format!("UPDATE events SET actor_login = 'eve' WHERE id = {third}")).await.unwrap(),
        1
    );
    raw.execute("INSERT INTO seal_queue (event_id) SELECT event_id FROM seals").await.unwrap();
    raw.execute("DELETE FROM seals").await.unwrap();
    let verdict = verdict(&portal).await;
    assert_eq!(verdict["ok"], false, "{verdict}");
    let reason = verdict["first_bad"]["reason"].as_str().unwrap();
    assert!(reason.contains("written anew") || reason.contains("changed"), "{verdict}");
}

/// The program after it has served for a while, stopped, and exported all.
struct Exported {
    program: Program,
    key: String,
    lines: Vec<String>,
}

impl Exported {
    async fn after_serving(database: Database) -> Self {
        let program = Program::new(database).await;
        for login in ["ann", "bob", "cleo"] {
            program.add_person(login, "tester", "secret-enough").await;
        }
        program.serve().await.stop().await;
        let key = program.run(&["audit", "key"]).await.success().to_owned();
        let export = program.run(&["audit", "export"]).await;
        let lines: Vec<String> = export.success().lines().map(str::to_owned).collect();
        assert!(lines.len() >= 5 && lines.last().unwrap().starts_with("{\"head\""), "{lines:#?}");
        Self { program, key, lines }
    }

    async fn check(&self, lines: &[String]) -> tests::Finished {
        let path = self.program.folder().join("export.ndjson");
        fs::write(&path, lines.join("\n")).unwrap();
        let elsewhere = Program::new(Sqlite).await;
        let path = path.to_str().unwrap();
        elsewhere.run(&["audit", "verify", "--export", path, "--public-key", &self.key]).await
    }
}

#[rstest]
#[tokio::test]
async fn an_export_is_checked_with_nothing_but_the_public_key(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let exported = Exported::after_serving(database).await;
    let whole = exported.check(&exported.lines).await;
    assert!(whole.success().starts_with("whole: "), "{}", whole.stdout);
    assert!(whole.stdout.contains("signed for up to number 3"), "{}", whole.stdout);
}

#[tokio::test]
async fn whatever_is_done_to_an_export_is_found() {
    let exported = Exported::after_serving(Sqlite).await;
    let at_second = |change: &dyn Fn(&mut Value)| {
        let mut lines = exported.lines.clone();
        let mut line: Value = serde_json::from_str(&lines[1]).unwrap();
        change(&mut line);
        lines[1] = line.to_string();
        lines
    };
    let without = |at: usize| {
        let mut lines = exported.lines.clone();
        lines.remove(at);
        lines
    };
    let mut swapped = exported.lines.clone();
    swapped.swap(0, 1);
    let is_head = |line: &String| line.starts_with("{\"head\"");
    let heads: Vec<_> = exported.lines.iter().filter(|line| is_head(line)).cloned().collect();
    let unsigned: Vec<_> = exported.lines.iter().filter(|line| !is_head(line)).cloned().collect();
    let cut: Vec<_> = unsigned[..2].iter().chain(&heads).cloned().collect();
    let forged =
        exported.lines.iter().map(|line| line.replace("\"seq\":3,\"sign", "\"seq\":2,\"sign")).collect();
    for (lines, complaint) in [
        (at_second(&|line| line["actor"]["login"] = json!("eve")), "number 2 in the chain"),
        (at_second(&|line| line["details"] = json!({})), "details were changed"),
        (
            at_second(&|line| {
                line["details"] = json!({ "role": "admin" });
                line["seal"]["salt"] = Value::Null;
            }),
            "details were changed",
        ),
        (
            at_second(&|line| line["seal"]["person"] = json!("01890000-0000-7000-8000-000000000000")),
            "changed",
        ),
        (without(1), "number 3 in the chain"),
        (swapped, "number 2 in the chain"),
        (cut, "missing at the end"),
        (unsigned, "no signed head"),
        (forged, "was not signed with the key"),
    ] {
        let found = exported.check(&lines).await;
        assert!(found.failure(1).contains(complaint), "{complaint}: {}", found.stderr);
    }
    // Details that were erased are no change.
    let erased = at_second(&|line| {
        line["details"] = Value::Null;
        line["seal"]["salt"] = Value::Null;
    });
    exported.check(&erased).await.success();
    let other = Exported::after_serving(Sqlite).await;
    let foreign = Exported { key: other.key, ..exported };
    assert!(foreign.check(&foreign.lines).await.failure(1).contains("not signed with the key"));
}

#[tokio::test]
async fn an_older_copy_of_the_database_is_found() {
    let program = Program::new(Sqlite).await;
    program.add_person("ann", "tester", "secret-enough").await;
    program.serve().await.stop().await;
    let database = program.folder().join("data/understudy.db");
    let copy = fs::read(&database).unwrap();
    program.add_person("bob", "tester", "secret-enough").await;
    program.serve().await.stop().await;
    program.run(&["audit", "verify"]).await.success();
    fs::write(&database, copy).unwrap();
    for rest in ["understudy.db-wal", "understudy.db-shm"] {
        let _ = fs::remove_file(program.folder().join("data").join(rest));
    }
    let found = program.run(&["audit", "verify"]).await;
    assert!(found.failure(1).contains("this is an older copy"), "{}", found.stderr);
}
