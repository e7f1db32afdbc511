//! Where the commands look for the database, and what they say where it is
//! not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Program,
};

/// An id of nothing.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// The commands that have nothing to do where there is no database.
const OF_WHAT_IS_THERE: [&[&str]; 13] = [
    &["audit", "verify"],
    &["audit", "export"],
    &["audit", "key"],
    &["backup", "copy.db"],
    &["person", "list"],
    &["person", "disable", "ann"],
    &["person", "enable", "ann"],
    &["person", "password", "ann", "--password-stdin"],
    &["person", "role", "ann", "--role", "admin"],
    &["service", "list"],
    &["token", "issue", "ann", "--name", "ci"],
    &["token", "list"],
    &["token", "revoke", NO_ID],
];

#[rstest]
#[tokio::test]
async fn what_is_not_there_is_said_and_not_made(#[values(Sqlite, Postgres)] database: Database) {
    let mut program = Program::new(database).await;
    let mistyped = program.folder().join("mistyped");
    program.set("UNDERSTUDY_DATA_DIR", mistyped.display().to_string());
    if database == Sqlite {
        let file = mistyped.join("understudy.db");
        program.set("UNDERSTUDY_DATABASE", format!("sqlite://{}", file.display()));
    }
    for args in OF_WHAT_IS_THERE {
        let failed = program.run_with_input(args, "secret-enough").await;
        let said = failed.failure(1);
        assert!(said.contains("there is no database at") && said.contains("understudy serve"), "{said}");
        assert!(failed.stdout.is_empty(), "{args:?}");
    }
    assert!(!mistyped.exists());
    if database == Postgres {
        let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
        assert!(program.raw().await.column(tables).await.is_empty());
    }
    program.add_person("ann", "tester", "secret-enough").await;
    program.run(&["person", "list"]).await.success();
}

#[tokio::test]
async fn only_their_owner_can_read_the_databases_files() {
    let program = Program::new(Sqlite).await;
    let running = program.serve().await;
    program.add_person("ann", "tester", "secret-enough").await;
    let files: Vec<_> = fs::read_dir(program.folder().join("data")).unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
    }
    running.stop().await.success();
}

#[rstest]
#[case::nobody_listens("postgres://postgres:hunter2@127.0.0.1:1/x", "127.0.0.1:1/x", "refused")]
#[case::no_folder("sqlite:///nowhere/understudy.db", "/nowhere/understudy.db", "No such file")]
#[tokio::test]
async fn what_cannot_be_opened_is_said_at_once_with_its_place_and_cause(
    #[case] url: &str,
    #[case] place: &str,
    #[case] cause: &str,
) {
    let program = Program::new(Sqlite).await;
    let asked = Instant::now();
    let failed = program.run(&["serve", "--listen", "127.0.0.1:0", "--database", url]).await;
    let said = failed.failure(1);
    assert!(said.contains(place) && said.contains(cause) && !said.contains("hunter2"), "{said}");
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(5), "nobody waits {took:?} without a word");
}

#[tokio::test]
async fn a_database_that_the_server_does_not_have_is_named() {
    let program = Program::new(Postgres).await;
    let url = std::env::var("UNDERSTUDY_TEST_POSTGRES").unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let failed = program.run(&["person", "list", "--database", &format!("{server}/nobodys")]).await;
    let said = failed.failure(1);
    assert!(said.contains("/nobodys cannot be opened") && said.contains("does not exist"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let program = Program::new(Sqlite).await;
    let file =
        program.write("notes.txt", &"no database at all, but long enough to look like one. ".repeat(50));
    let failed = program.run(&["person", "list", "--database", &format!("sqlite://{file}")]).await;
    assert!(failed.failure(1).contains(&file), "{}", failed.stderr);
}
