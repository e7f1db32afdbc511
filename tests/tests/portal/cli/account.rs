//! `understudy account`

use serde_json::Value;
use tests::{Database::Sqlite, Finished, Program, Running, SANDBOX, Sandbox};

struct Shell {
    program: Program,
    sandbox: Sandbox,
    running: Running,
}

impl Shell {
    async fn open() -> Self {
        let mut program = Program::new(Sqlite).await;
        let sandbox = Sandbox::start().await;
        program.add_person("ann", "tester", "secret-enough").await;
        program.apply_article_service(&sandbox.0.url()).await;
        let token = program.issue_token("ann").await;
        let running = program.serve().await;
        program.set("UNDERSTUDY_URL", &running.url);
        program.set("UNDERSTUDY_TOKEN", token);
        Self { program, sandbox, running }
    }

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
        (vec!["request", "--service", "nobodys"], "/services/0"),
        (vec!["request", "--service", SANDBOX, "--ttl", "soon"], "/ttl"),
        (vec!["show", &nil], "no such account"),
        (vec!["list", "--limit", "0"], "/limit"),
    ] {
        let failed = shell.account(&args).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
    shell.program.set("UNDERSTUDY_TOKEN", "ust_wrong");
    assert!(shell.account(&["list"]).await.failure(1).contains("token"));
    shell.program.set("UNDERSTUDY_TOKEN", "");
    assert!(shell.account(&["list"]).await.failure(1).contains("UNDERSTUDY_TOKEN"));
    shell.program.set("UNDERSTUDY_TOKEN", "ust_any");
    let Shell { program, running, .. } = shell;
    running.stop().await.success();
    assert!(program.run(&["account", "list"]).await.failure(1).contains("cannot be reached"));
}

#[tokio::test]
async fn an_account_that_could_not_be_had_is_1_with_the_reason() {
    let shell = Shell::open().await;
    let refusing =
        tests::ScriptedTarget::start(|call| tests::Reply::status(if call.is_create() { 400 } else { 404 }));
    let refusing = refusing.await;
    let table = tests::article_service("strict", &refusing.target.url());
    let file = serde_json::json!({ "service": [table] });
    let file = shell.program.write("strict.toml", &toml::to_string(&file).unwrap());
    shell.program.run(&["service", "apply", &file]).await.success();
    let failed = shell.account(&["request", "--service", "strict"]).await;
    assert!(failed.failure(1).contains("POST /create_account answered 400"), "{}", failed.stderr);
}
