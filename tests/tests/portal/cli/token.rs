//! `understudy token`

use rstest::rstest;
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    Program,
};

#[rstest]
#[tokio::test]
async fn only_the_token_stands_on_standard_output(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    program.add_person("ann", "tester", "secret-enough").await;
    let scopes = ["--scope", "accounts:write", "--scope", "accounts:read", "--ttl", "2h"];
    let issued = program.run(&[&["token", "issue", "ann", "--name", "nightly"], &scopes[..]].concat()).await;
    let token = issued.success();
    assert!(token.starts_with("ust_") && !token.contains(char::is_whitespace), "{token}");
    assert_eq!(issued.stdout, format!("{token}\n"));
    assert!(issued.stderr.contains("good until") && !issued.stderr.contains(token));
    let listed = program.run(&["token", "list", "ann"]).await;
    let id = listed.success().split('\t').next().unwrap();
    assert!(issued.stderr.contains(id), "{}", issued.stderr);

    let running = program.serve().await;
    let me = Api::new(&running.url, Some(token.to_owned())).get("/api/v1/me").await.expect(200);
    assert_eq!(me["token"]["name"], "nightly");
    assert_eq!(me["token"]["scopes"], serde_json::json!(["accounts:read", "accounts:write"]));
}

#[tokio::test]
async fn what_cannot_be_issued_is_said() {
    let program = Program::new(Sqlite).await;
    program.add_person("ann", "tester", "secret-enough").await;
    for (args, said) in [
        (vec!["nobody", "--name", "n"], "no such person"),
        (vec!["ann", "--name", "n", "--scope", "everything"], "--scope: must be one of"),
        (vec!["ann", "--name", "n", "--ttl", "forever"], "--ttl: "),
        (vec!["ann", "--name", ""], "--name: "),
    ] {
        let failed = program.run(&[vec!["token", "issue"], args].concat()).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
    program.run(&["person", "disable", "ann"]).await.success();
    assert!(program.run(&["token", "issue", "ann", "--name", "n"]).await.failure(1).contains("disabled"));
}

#[rstest]
#[tokio::test]
async fn tokens_are_listed_and_revoked(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    program.add_person("ann", "tester", "secret-enough").await;
    program.add_person("bob", "tester", "secret-enough").await;
    assert_eq!(program.run(&["token", "list"]).await.success(), "");
    let running = program.serve().await;
    let api = Api::new(&running.url, Some(program.issue_token("ann").await));
    let narrowed = ["token", "issue", "bob", "--name", "reader", "--scope", "accounts:read"];
    program.run(&narrowed).await.success();
    api.get("/api/v1/me").await.expect(200);

    let all = program.run(&["token", "list"]).await;
    let lines: Vec<Vec<&str>> = all.success().lines().map(|line| line.split('\t').collect()).collect();
    let told: Vec<_> = lines.iter().map(|line| [line[1], line[2], line[3], line[5]]).collect();
    assert_eq!(told, [["bob", "reader", "accounts:read", "good"], ["ann", "ci", "all", "good"]]);
    assert_eq!(program.run(&["token", "list", "ann"]).await.success(), lines[1].join("\t"));
    assert!(program.run(&["token", "list", "nobody"]).await.failure(1).contains("no such person"));

    let id = lines[1][0];
    assert!(program.run(&["token", "revoke", id]).await.success().ends_with("\trevoked"));
    api.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert!(program.run(&["token", "list", "ann"]).await.success().ends_with("\trevoked"));
    let nobodys = uuid::Uuid::nil().to_string();
    assert!(program.run(&["token", "revoke", &nobodys]).await.failure(1).contains("no such token"));
    program.run(&["person", "disable", "ann"]).await.success();
    assert_eq!(program.run(&["token", "list", "ann"]).await.success().lines().count(), 1);
}
