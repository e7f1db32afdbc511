//! Services that carry out what they were told long after nobody waits for it
//! any more.

use std::time::Duration;

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Running, SlowTarget, eventually,
};

use super::trial::Trial;

async fn slow_service(database: Database) -> (SlowTarget, Trial) {
    let target = SlowTarget::start().await;
    let trial = Trial::new(database, vec![target.service("slow")]).await;
    (target, trial)
}

async fn nothing_is_left(target: &SlowTarget, trial: Trial, running: Running) {
    trial.agree(&running).await;
    trial.end(running).await;
    assert_eq!(target.usernames(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn a_creation_that_lands_after_its_account_was_revoked_and_the_process_has_died_is_removed(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let (target, trial) = slow_service(database).await;
    let running = trial.program.serve().await;
    target.hold();
    let id = trial.api(&running).new_account_later("slow").await["id"].clone();
    target.received("POST /create_account", 1).await;
    trial.api(&running).revoke_later(&id).await;
    running.kill().await;
    // The creation hangs on, and lands after the account was found to be gone.
    target.let_further_calls_pass();
    let running = trial.program.serve().await;
    target.answered("POST /login", 1).await;
    target.let_go();
    eventually("the creation has landed", async || (target.created() == 1).then_some(())).await;
    nothing_is_left(&target, trial, running).await;
}

#[rstest]
#[tokio::test]
async fn a_creation_of_which_nothing_is_heard_may_land_at_any_time(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let (target, trial) = slow_service(database).await;
    let running = trial.program.serve().await;
    target.hold();
    let id = trial.api(&running).new_account_later("slow").await["id"].clone();
    target.received("POST /create_account", 1).await;
    // Nobody waits for longer than a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    trial.api(&running).revoke_later(&id).await;
    target.let_further_calls_pass();
    target.answered("POST /login", 1).await;
    target.let_go();
    eventually("the creation has landed", async || (target.created() > 0).then_some(())).await;
    nothing_is_left(&target, trial, running).await;
}
