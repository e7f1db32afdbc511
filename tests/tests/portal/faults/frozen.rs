//! Two processes on one PostgreSQL, one of which is stopped for longer than a
//! claim lasts, and then goes on as if nothing had happened.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Database::Postgres, Running, Signal, SlowTarget, eventually};
use tokio::time::sleep;

use super::trial::{Trial, text};

/// Two processes with a service that can be held up.
struct Two {
    target: SlowTarget,
    trial: Trial,
    first: Running,
}

impl Two {
    /// The first one.
    async fn start() -> Self {
        Self::start_with("1s", "").await
    }

    /// The first one, as `FAILPOINTS` says; they wait so long for a call.
    async fn start_with(call_timeout: &str, points: &str) -> Self {
        let target = SlowTarget::start().await;
        let trial = Trial::new(Postgres, vec![target.service("slow")]).await;
        trial.program.write("understudy.toml", &format!("call_timeout = {call_timeout:?}\n"));
        let first = trial.program.serve_with_failpoints(points).listening().await.unwrap();
        Self { target, trial, first }
    }

    /// Asks the first one for an account, and does not wait for it.
    async fn request(&self) -> String {
        text(&self.trial.api(&self.first).new_account_later("slow").await["id"])
    }

    /// Stops the first one where it is, and starts the second.
    async fn freeze_the_first(&self) -> Running {
        self.first.signal(Signal::STOP);
        self.trial.program.serve().await
    }

    /// The account, once the second one has brought it there.
    async fn once(&self, second: &Running, state: &str, id: &str) -> Value {
        self.trial.api(second).account_once(state, &json!(id)).await
    }

    /// Lets the first one go on, and waits until it has seen what it missed.
    async fn thaw_the_first(&self) {
        self.first.signal(Signal::CONT);
        eventually("the first one sees that it was overtaken", async || {
            self.first.stderr().contains("an outcome came too late").then_some(())
        })
        .await;
        // Whatever it would do all the same, it would do by now.
        sleep(Duration::from_secs(1)).await;
    }

    /// Checks that all agrees, with both of them running.
    async fn end(self, second: Running) {
        self.trial.agree(&second).await;
        assert_eq!(self.first.stop().await.code, 0);
        self.trial.end(second).await;
        assert_eq!(self.target.usernames(), Vec::<String>::new());
    }

    async fn actions(&self, second: &Running, id: &str) -> Vec<String> {
        self.trial.api(second).actions_of(&json!(id)).await
    }
}

#[tokio::test]
async fn a_creation_that_another_process_took_over_has_its_effect_once() {
    let two = Two::start().await;
    two.target.hold();
    let id = two.request().await;
    two.target.received("POST /create_account", 1).await;
    let second = two.freeze_the_first().await;
    two.target.received("POST /create_account", 2).await;
    two.target.let_go();
    let account = two.once(&second, "active", &id).await;
    two.thaw_the_first().await;
    assert_eq!(two.target.created(), 1);
    assert_eq!(two.target.usernames(), [text(&account["username"])]);
    let actions = two.actions(&second, &id).await;
    assert_eq!(actions, ["account_requested", "enrollment_created", "account_activated"]);
    two.end(second).await;
}

#[tokio::test]
async fn a_removal_that_another_process_took_over_has_its_effect_once() {
    let two = Two::start().await;
    let id = two.request().await;
    two.once(&two.first, "active", &id).await;
    two.target.hold();
    two.trial.api(&two.first).revoke_later(&json!(id)).await;
    two.target.received("DELETE", 1).await;
    let second = two.freeze_the_first().await;
    two.target.received("DELETE", 2).await;
    two.target.let_go();
    two.once(&second, "revoked", &id).await;
    two.thaw_the_first().await;
    assert_eq!((two.target.created(), two.target.usernames()), (1, Vec::new()));
    let actions = two.actions(&second, &id).await;
    assert_eq!(actions[3..], ["account_revoking", "enrollment_removed", "account_ended"]);
    two.end(second).await;
}

#[tokio::test]
async fn a_call_that_was_about_to_be_sent_is_not_sent_any_more() {
    // It sleeps in the moment before its first call, and is stopped there. Of
    // the call's own time enough is left.
    let two = Two::start_with("1m", "call-before=1*sleep(2000)").await;
    let id = two.request().await;
    let raw = two.trial.program.raw().await;
    eventually("it is claimed", async || {
        raw.text("SELECT state FROM enrollments WHERE claimed_until IS NOT NULL").await
    })
    .await;
    sleep(Duration::from_millis(200)).await;
    let second = two.freeze_the_first().await;
    let account = two.once(&second, "active", &id).await;
    two.thaw_the_first().await;
    assert_eq!(two.target.calls("POST /create_account"), 1, "only the second one's");
    assert_eq!(two.target.usernames(), [text(&account["username"])]);
    two.trial.agree(&second).await;
    // A removal would wait for what may still land for as long as calls may take.
    for process in [two.first, second] {
        assert_eq!(process.stop().await.code, 0);
    }
    two.trial.program.run(&["audit", "verify"]).await.success();
}
