//! `understudy migrate`

use serde_json::json;
use tests::{
    Api,
    Database::{Postgres, Sqlite},
    Program, Raw, Sandbox,
};
use uuid::Uuid;

/// A role that can log in, and how the program reaches the database as it.
async fn add_role(superuser: &Raw, program: &Program, what: &str) -> (String, String) {
    let (role, password) =
        (format!("{what}_{}", Uuid::new_v4().simple()), Uuid::new_v4().simple().to_string());
    superuser.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'")).await.unwrap();
    let mut url = program.database_url();
    url.set_username(&role).unwrap();
    url.set_password(Some(&password)).unwrap();
    (role, url.into())
}

#[tokio::test]
async fn a_role_that_does_not_own_the_tables_serves_and_cannot_bend_the_history() {
    let mut program = Program::new(Postgres).await;
    let superuser = program.raw().await;
    let (owner, as_owner) = add_role(&superuser, &program, "owner").await;
    let (portal, as_portal) = add_role(&superuser, &program, "portal").await;
    let database = program.database_url().path().trim_start_matches('/').to_owned();
    superuser.execute(&format!("ALTER DATABASE {database} OWNER TO {owner}")).await.unwrap();

    program.set("UNDERSTUDY_DATABASE", &as_portal);
    let refused = program.run(&["person", "list"]).await;
    assert!(refused.failure(1).contains("there is no database"), "{}", refused.stderr);
    let migrate = ["migrate", "--database", &as_owner, "--for", &portal];
    assert_eq!(program.run(&migrate).await.success(), "");
    let refused = program.run(&["migrate", "--database", &as_owner, "--for", &owner]).await;
    assert!(refused.failure(1).contains("owns the tables"), "{}", refused.stderr);
    // After an upgrade it is done again.
    program.run(&migrate).await.success();

    let sandbox = Sandbox::start().await;
    program.apply_article_service(&sandbox.0.url()).await;
    program.add_person("ann", "admin", "secret-enough").await;
    program.add_person("bob", "tester", "secret-enough").await;
    let serving = program.serve().await;
    let api = Api::new(&serving.url, Some(program.issue_token("ann").await));
    let account = api.new_account().await;
    api.delete(&format!("/api/v1/accounts/{}", account["id"].as_str().unwrap())).await.expect(200);
    api.post("/api/v1/teams", &json!({ "slug": "payments" })).await.expect(201);
    program.run(&["person", "disable", "bob"]).await.success();
    program.run(&["person", "erase", "bob"]).await.success();
    serving.stop().await;
    program.run(&["audit", "verify"]).await.success();

    let intruder = Raw::at(&as_portal).await;
    for sql in [
        "DELETE FROM events",
        "UPDATE events SET at = 0",
        "TRUNCATE events CASCADE",
        "DELETE FROM seals",
        "UPDATE seals SET hash = 'x'",
        "UPDATE event_details SET details = '{}'",
        "DROP TRIGGER events_refuse_update ON events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TABLE anything (x int)",
        "DELETE FROM seaql_migrations",
    ] {
        let refused = intruder.execute(sql).await.unwrap_err().to_string();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{sql}: {refused}"
        );
    }
    drop(intruder);
    for role in [portal, owner] {
        superuser.execute(&format!("DROP OWNED BY {role} CASCADE")).await.unwrap();
        superuser.execute(&format!("REASSIGN OWNED BY {role} TO CURRENT_USER")).await.unwrap();
        superuser.execute(&format!("DROP ROLE {role}")).await.unwrap();
    }
}

#[tokio::test]
async fn sqlite_has_no_roles() {
    let program = Program::new(Sqlite).await;
    program.run(&["migrate"]).await.success();
    assert_eq!(program.run(&["person", "list"]).await.success(), "");
    let refused = program.run(&["migrate", "--for", "portal"]).await;
    assert!(refused.failure(1).contains("SQLite has no roles"), "{}", refused.stderr);
}
