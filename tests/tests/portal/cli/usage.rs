//! Exit codes and where things are said.

use tests::{Database::Sqlite, Program};

#[tokio::test]
async fn wrong_usage_is_2_and_says_what_is_right() {
    let program = Program::new(Sqlite).await;
    for args in [
        vec![],
        vec!["explode"],
        vec!["person", "add"],
        vec!["person", "add", "ann", "--role", "king"],
        vec!["token", "issue", "ann"],
        vec!["service", "apply"],
        vec!["account", "request"],
        vec!["account", "show", "nonsense"],
        vec!["token", "revoke", "nonsense"],
        vec!["person", "role", "ann"],
        vec!["account", "request", "--service", "s", "--count", "0"],
        vec!["account", "request", "--service", "s", "--label", "no-value"],
        vec!["account", "request", "--service", "s", "--label", "a=1", "--label", "a=2"],
        vec!["account", "request", "--service", "s", "--wait", "61"],
        vec!["account", "list", "--label", "no-value"],
        vec!["cleanup", "--label", "a=1", "--label", "a=1"],
        vec!["exec", "--service", "s"],
        vec!["exec", "--", "true"],
        vec!["exec", "--service", "s", "--ttl", "soon", "--", "true"],
        vec!["cleanup"],
        vec!["cleanup", "--dry-run"],
        vec!["cleanup", "--mine", "--run", "ci:1"],
        vec!["cleanup", "--mine", "--label", "suite=checkout"],
        vec!["cleanup", "--run", "ci:1", "--dry-run", "--no-wait"],
        vec!["serve", "--listen", "nowhere"],
        vec!["sandbox", "--fail-rate", "2"],
        vec!["sandbox", "--hang-rate", "0.6", "--junk-rate", "0.6"],
        vec!["sandbox", "--latency", "long"],
    ] {
        let finished = program.run(&args).await;
        assert!(finished.failure(2).contains("--help"), "{args:?}: {}", finished.stderr);
        assert!(finished.stdout.is_empty(), "{args:?}");
    }
}

#[tokio::test]
async fn help_and_version_are_results() {
    let program = Program::new(Sqlite).await;
    let help = program.run(&["--help"]).await;
    for command in
        ["serve", "demo", "sandbox", "person", "token", "service", "audit", "account", "cleanup", "exec"]
    {
        assert!(help.success().contains(command), "{command}");
    }
    assert!(program.run(&["--version"]).await.success().starts_with("understudy "));
}

#[tokio::test]
async fn a_database_that_is_none_is_said_to_be_so() {
    let program = Program::new(Sqlite).await;
    for url in ["mysql://localhost/x", "nonsense", "sqlite://", "sqlite://:memory:"] {
        let failed = program.run(&["person", "list", "--database", url]).await;
        assert!(failed.failure(1).contains("sqlite://"), "{url}: {}", failed.stderr);
    }
}

#[tokio::test]
async fn what_is_no_id_is_told_what_one_looks_like() {
    let program = Program::new(Sqlite).await;
    let failed = program.run(&["account", "show", "bad"]).await;
    assert!(failed.failure(2).contains("an id looks like"), "{}", failed.stderr);
}
