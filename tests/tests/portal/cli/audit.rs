//! `understudy audit`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Program,
};

#[rstest]
#[tokio::test]
async fn a_whole_history_is_0_and_a_changed_one_1_with_the_first_bad_event(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    for login in ["ann", "bob", "cleo"] {
        program.add_person(login, "tester", "secret-enough").await;
    }
    let whole = program.run(&["audit", "verify"]).await;
    assert!(whole.success().starts_with("whole: 3 events, 0 not chained yet"), "{}", whole.stdout);
    let raw = program.raw().await;
    raw.drop_trigger("events", "update").await;
    raw.execute("UPDATE events SET subject = 'eve' WHERE subject = 'bob'").await.unwrap();
    let changed = program.run(&["audit", "verify"]).await;
    let complaint = changed.failure(1);
    assert!(complaint.contains("number 2 in the chain") && complaint.contains("event 0"), "{complaint}");
    assert!(changed.stdout.is_empty());
    raw.execute("UPDATE events SET subject = 'bob' WHERE subject = 'eve'").await.unwrap();
    program.run(&["audit", "verify"]).await.success();
}
