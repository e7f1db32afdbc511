//! `understudy backup`

use std::{fs, os::unix::fs::PermissionsExt};

use tests::{
    Api,
    Database::{Postgres, Sqlite},
    Program, Sandbox,
};

#[tokio::test]
async fn a_copy_that_was_made_while_the_portal_served_is_a_portal_of_its_own() {
    let mut program = Program::new(Sqlite).await;
    let sandbox = Sandbox::start().await;
    program.apply_article_service(&sandbox.0.url()).await;
    program.add_person("ann", "tester", "secret-enough").await;
    let token = program.issue_token("ann").await;
    let serving = program.serve().await;
    let api = Api::new(&serving.url, Some(token.clone()));
    let account = api.new_account().await;

    let copy = program.folder().join("it's a copy.db");
    let path = copy.to_str().unwrap();
    assert_eq!(program.run(&["backup", path]).await.success(), path);
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let again = program.run(&["backup", path]).await;
    assert!(again.failure(1).contains("cannot be made"), "{}", again.stderr);
    // What comes later is not in it.
    let later = api.new_account().await;
    serving.stop().await;

    program.set("UNDERSTUDY_DATABASE", format!("sqlite://{path}"));
    let restored = program.serve().await;
    let api = Api::new(&restored.url, Some(token));
    let id = account["id"].as_str().unwrap();
    let credentials = api.order(&format!("/api/v1/accounts/{id}/reveal")).await.expect(200);
    let (username, password) =
        (credentials["username"].as_str().unwrap(), credentials["password"].as_str().unwrap());
    assert!(sandbox.accepts(username, password).await);
    api.get(&format!("/api/v1/accounts/{}", later["id"].as_str().unwrap())).await.problem(404, "not_found");
    api.delete(&format!("/api/v1/accounts/{id}")).await.expect(200);
    restored.stop().await;
    // Heads that were signed after the copy was made say that it is older.
    let found = program.run(&["audit", "verify"]).await;
    assert_eq!(found.code, 1, "{}", found.stdout);
}

#[tokio::test]
async fn postgresql_has_its_own_means() {
    let program = Program::new(Postgres).await;
    program.add_person("ann", "tester", "secret-enough").await;
    let refused = program.run(&["backup", "copy.db"]).await;
    assert!(refused.failure(1).contains("pg_dump"), "{}", refused.stderr);
    assert!(!program.folder().join("copy.db").exists());
}
