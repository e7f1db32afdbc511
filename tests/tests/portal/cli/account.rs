//! `understudy account`

use serde_json::{Value, json};
use tests::{Finished, SANDBOX, article_service};

use super::shell::Shell;

impl Shell {
    async fn account(&self, args: &[&str]) -> Finished {
        self.program.run(&[&["account"], args].concat()).await
    }

    async fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(self.account(&[args, &["--json"]].concat()).await.success()).unwrap()
    }
}

#[tokio::test]
async fn an_account_is_requested_shown_revealed_renewed_and_revoked() {
    let shell = Shell::open().await;
    let request = ["request", "--service", SANDBOX, "--purpose", "p", "--ticket", "T-1", "--ttl", "2h"];
    let more = ["--label", "suite=checkout", "--run", "ci:1", "--attribute", "plan=gold", "--hint", "pay"];
    let issued = shell.account(&[&request[..], &more[..]].concat()).await;
    let field = |name: &str| {
        let line = issued.success().lines().find_map(|line| line.strip_prefix(&format!("{name}\t")));
        line.unwrap_or_else(|| panic!("{name} in {}", issued.stdout)).to_owned()
    };
    let (id, username, password) = (field("id"), field("username"), field("password"));
    assert!(username.starts_with("test_pay_") && shell.sandbox.accepts(&username, &password).await);

    let shown = shell.account(&["show", &id]).await;
    assert!(shown.success().contains(&username) && shown.success().contains("user-service:active"));
    assert!(!shown.success().contains(&password));
    let account = shell.json(&["show", &id]).await;
    assert_eq!((&account["labels"]["suite"], &account["run"]), (&"checkout".into(), &"ci:1".into()));
    assert!(shell.account(&["list", "--state", "active"]).await.success().contains(&id));
    assert_eq!(shell.json(&["list", "--run", "ci:1"]).await["items"][0]["id"], id);
    assert_eq!(shell.account(&["list", "--requested-by", "nobody"]).await.success(), "");
    assert_eq!(shell.account(&["list", "--state", "revoked"]).await.success(), "");
    assert_eq!(
        shell.account(&["reveal", &id]).await.success(),
        format!("username\t{username}\npassword\t{password}")
    );
    assert_eq!(shell.json(&["reveal", &id]).await["password"], password);
    let renewed = shell.json(&["renew", &id, "--ttl", "3h"]).await;
    assert!(renewed["expires_at"].as_str() > account["expires_at"].as_str());
    assert!(shell.account(&["revoke", &id]).await.success().contains("revoked"));
    assert_eq!(shell.json(&["revoke", &id]).await["state"], "revoked");
    assert!(shell.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn what_the_portal_refuses_is_1_and_said_on_standard_error() {
    let mut shell = Shell::open().await;
    let nil = uuid::Uuid::nil().to_string();
    for (args, said) in [
        (vec!["request", "--service", "nobodys"], "--service: "),
        (vec!["request", "--service", SANDBOX, "--ttl", "soon"], "--ttl: is not a length of time"),
        (vec!["request", "--service", SANDBOX, "--ttl", "0s"], "--ttl: must be at least 1s"),
        (vec!["show", &nil], "no such account"),
        (vec!["list", "--limit", "0"], "--limit: "),
    ] {
        let failed = shell.account(&args).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
        assert_eq!(failed.stderr.matches(said).count(), 1, "{}", failed.stderr);
        assert!(!failed.stderr.contains("`errors`"), "{}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
    shell.program.set("UNDERSTUDY_TOKEN", "ust_wrong");
    let refused = shell.account(&["list"]).await;
    assert!(refused.failure(1).starts_with("understudy: The token is not known"), "{}", refused.stderr);
    shell.program.set("UNDERSTUDY_TOKEN", "");
    assert!(shell.account(&["list"]).await.failure(1).contains("UNDERSTUDY_TOKEN"));
    shell.program.set("UNDERSTUDY_TOKEN", "ust_any");
    shell.stop_portal().await;
    assert!(shell.program.run(&["account", "list"]).await.failure(1).contains("cannot be reached"));
}

#[tokio::test]
async fn an_account_that_could_not_be_had_is_1_with_the_reason() {
    let shell = Shell::open().await;
    let refusing =
        tests::ScriptedTarget::start(|call| tests::Reply::status(if call.is_create() { 400 } else { 404 }));
    let refusing = refusing.await;
    shell.apply(&article_service("strict", &refusing.target.url())).await;
    let failed = shell.account(&["request", "--service", "strict"]).await;
    assert!(failed.failure(1).contains("POST /create_account answered 400"), "{}", failed.stderr);
}

#[tokio::test]
async fn a_reset_gives_a_fresh_password_that_works_at_once() {
    let shell = Shell::open().await;
    let mut service = article_service("resettable", &shell.sandbox.0.url());
    service["http"]["reset"] = json!({
        "request": "PUT /accounts/{{ username }}/password",
        "json": { "password": "{{ password }}" },
    });
    shell.apply(&service).await;
    let issued = shell.json(&["request", "--service", "resettable"]).await;
    let (id, username) = (issued["id"].as_str().unwrap(), issued["username"].as_str().unwrap());
    let old = issued["credentials"]["password"].as_str().unwrap();
    let reset = shell.json(&["reset", id]).await;
    let new = reset["credentials"]["password"].as_str().unwrap();
    assert_ne!(old, new);
    assert!(shell.sandbox.accepts(username, new).await && !shell.sandbox.accepts(username, old).await);
}

#[tokio::test]
async fn many_accounts_are_requested_at_once() {
    let shell = Shell::open().await;
    let issued = shell.account(&["request", "--service", SANDBOX, "--count", "3", "--run", "ci:2"]).await;
    let lines: Vec<Vec<&str>> = issued.success().lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        assert!(shell.sandbox.accepts(line[1], line[2]).await, "{line:?}");
    }
    let listed = shell.json(&["list", "--run", "ci:2", "--state", "active"]).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn who_does_not_wait_is_told_how_it_goes_on() {
    let mut shell = Shell::open().await;
    let issued = shell.json(&["request", "--service", SANDBOX]).await;
    let id = issued["id"].as_str().unwrap();
    shell.sandbox.0.go_down();
    let waiting = shell.account(&["request", "--service", SANDBOX, "--wait", "0"]).await;
    let said = waiting.failure(1);
    assert!(said.contains("the portal goes on") && said.contains("understudy account show"), "{said}");
    let going = shell.account(&["revoke", id, "--wait", "1"]).await;
    let said = going.failure(1);
    assert!(said.contains("not gone from every service yet") && said.contains("waits once more"), "{said}");
    assert!(going.stdout.contains("revoking"), "{}", going.stdout);
    shell.sandbox.0.come_back().await;
    let gone = async || Some(shell.account(&["revoke", id]).await).filter(|revoked| revoked.code == 0);
    assert!(tests::eventually("the account is gone", gone).await.success().contains("revoked"));
}

#[tokio::test]
async fn who_waits_for_a_service_that_is_down_is_told_so() {
    let mut shell = Shell::open().await;
    shell.sandbox.0.go_down();
    let is_said = async || {
        let waiting = shell.account(&["request", "--service", SANDBOX, "--wait", "1"]).await;
        waiting.failure(1).contains("user-service: has not answered since 20").then_some(())
    };
    tests::eventually("it is said that the service is down", is_said).await;
}

#[tokio::test]
async fn labels_are_written_in_one_way_and_looked_for_in_the_same() {
    let shell = Shell::open().await;
    let issued = shell.json(&["request", "--service", SANDBOX, "--label", "suite=check:out"]).await;
    let id = issued["id"].as_str().unwrap();
    for label in ["suite=check:out", "suite:check:out"] {
        assert!(shell.account(&["list", "--label", label]).await.success().contains(id), "{label}");
    }
    assert_eq!(shell.account(&["list", "--label", "suite=other"]).await.success(), "");
}

#[tokio::test]
async fn where_the_portal_is_can_be_said_before_and_after_the_subcommand() {
    let shell = Shell::open().await;
    let url = shell.api.base();
    for args in [vec!["account", "list", "--url", url], vec!["account", "--url", url, "list"]] {
        shell.program.run(&args).await.success();
    }
    let wrong = shell.program.run(&["account", "list", "--token", "ust_wrong"]).await;
    assert!(wrong.failure(1).contains("token"));
    let help = shell.program.run(&["account", "request", "--help"]).await;
    assert!(help.success().contains("--url") && help.success().contains("--token"), "{}", help.stdout);
}

#[tokio::test]
async fn an_address_that_is_not_the_portals_is_said_to_be_so() {
    let shell = Shell::open().await;
    let https = shell.api.base().replace("http://", "https://");
    for (url, said) in [(https.as_str(), "does not speak https"), ("127.0.0.1:3000", "http://")] {
        let failed = shell.account(&["list", "--url", url]).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
    }
}
