//! `understudy cleanup`

use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{Finished, SANDBOX, sorted};

use super::shell::{OWNER, Shell};

impl Shell {
    async fn cleanup(&self, args: &[&str]) -> Finished {
        self.program.run(&[&["cleanup"], args].concat()).await
    }

    async fn request(&self, run: &str, label: &str) -> String {
        let args = ["account", "request", "--service", SANDBOX, "--run", run, "--label", label, "--json"];
        let issued: Value = serde_json::from_str(self.program.run(&args).await.success()).unwrap();
        issued["username"].as_str().unwrap().to_owned()
    }

    /// The names of those that are still usable.
    async fn held(&self) -> Vec<String> {
        sorted(&self.api.get("/api/v1/accounts?state=active").await.items(), "username")
    }
}

#[tokio::test]
async fn a_dry_run_says_what_would_go_and_leaves_it() {
    let shell = Shell::open().await;
    let mut names = [shell.request("ci:1", "suite=a").await, shell.request("ci:1", "suite=b").await];
    names.sort();
    shell.request("ci:2", "suite=a").await;
    let said = shell.cleanup(&["--run", "ci:1", "--dry-run"]).await;
    let lines: Vec<&str> = said.success().lines().collect();
    assert_eq!(lines[..3], ["matched\t2", "kept\t0", "user-service\t2"]);
    assert!(names.iter().all(|name| said.stdout.contains(name.as_str())), "{}", said.stdout);
    let said = shell.cleanup(&["--run", "ci:1", "--dry-run", "--json"]).await;
    let said: Value = serde_json::from_str(said.success()).unwrap();
    assert_eq!(
        (&said["matched"], sorted(said["sample"].as_array().unwrap(), "username")),
        (&2.into(), names.to_vec())
    );
    assert_eq!(shell.held().await.len(), 3);
}

#[tokio::test]
async fn exactly_what_fits_all_that_is_given_goes() {
    let shell = Shell::open().await;
    let kept = shell.request("ci:2", "suite=a").await;
    let other = shell.request("ci:1", "suite=b").await;
    shell.request("ci:1", "suite=a").await;
    let prefix: String = other.chars().take(4).collect();
    let all = ["--run", "ci:1", "--service", SANDBOX, "--label", "suite=a", "--requested-by", OWNER];
    let cleaned = shell.cleanup(&[&all[..], &["--username-prefix", &prefix]].concat()).await;
    assert!(cleaned.success().ends_with("\tfinished\t1 of 1 done"), "{}", cleaned.stdout);
    let mut left = vec![kept.clone(), other];
    left.sort();
    assert_eq!(shell.held().await, left);
    shell.cleanup(&["--run", "ci:1"]).await.success();
    assert_eq!(shell.held().await, [&*kept]);
    assert_eq!(shell.sandbox.usernames().await, [kept]);
    shell.cleanup(&["--mine"]).await.success();
    assert!(shell.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn nothing_to_clean_up_is_done_at_once() {
    let shell = Shell::open().await;
    let cleaned = shell.cleanup(&["--run", "ci:1", "--json"]).await;
    let batch: Value = serde_json::from_str(cleaned.success()).unwrap();
    assert_eq!((&batch["state"], &batch["total"]), (&"finished".into(), &0.into()));
}

#[tokio::test]
async fn who_cannot_wait_gets_the_batchs_id_alone() {
    let mut shell = Shell::open().await;
    shell.request("ci:1", "suite=a").await;
    shell.sandbox.0.go_down();
    let accepted = shell.cleanup(&["--run", "ci:1", "--no-wait"]).await;
    let id = accepted.success().to_owned();
    let path = format!("/api/v1/batches/{id}");
    assert_eq!(shell.api.get(&path).await.expect(200)["state"], "running");
    shell.sandbox.0.come_back().await;
    let finished =
        async || Some(shell.api.get(&path).await.json()).filter(|batch| batch["state"] == "finished");
    tests::eventually("the batch is finished", finished).await;
    assert!(shell.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn nobody_waits_longer_than_they_said() {
    let mut shell = Shell::open().await;
    shell.request("ci:1", "suite=a").await;
    shell.sandbox.0.go_down();
    let began = Instant::now();
    let cleaned = shell.cleanup(&["--run", "ci:1", "--wait", "1"]).await;
    let said = cleaned.failure(1);
    assert!(said.contains("cleaning up as batch") && said.contains("0 of 1 done"), "{said}");
    let args = ["account", "request", "--service", SANDBOX, "--count", "2", "--wait", "1"];
    let requested = shell.program.run(&args).await;
    let said = requested.failure(1);
    assert!(said.contains("is not finished, it goes on without you"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn what_the_portal_refuses_is_1() {
    let shell = Shell::open().await;
    let refused = shell.cleanup(&["--service", "Not a slug"]).await;
    assert!(refused.failure(1).contains("--service: "), "{}", refused.stderr);
}
