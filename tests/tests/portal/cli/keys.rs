//! `understudy keys`

use rstest::rstest;
use serde_json::json;
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    Program, SANDBOX, Sandbox,
};

#[rstest]
#[tokio::test]
async fn keys_change_while_the_portal_serves_and_every_password_still_opens(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    let sandbox = Sandbox::start().await;
    program.add_person("ann", "tester", "secret-enough").await;
    program.apply_article_service(&sandbox.0.url()).await;
    let running = program.serve().await;
    let api = Api::new(&running.url, Some(program.issue_token("ann").await));
    let request = json!({ "services": [SANDBOX] });
    let before = api.post("/api/v1/accounts", &request).await.expect(201);
    let listed = program.run(&["keys", "list"]).await;
    let (old, sealed) = listed.success().split_once('\t').unwrap();
    assert_eq!(sealed, "2", "the canary and a password");

    assert_eq!(program.run(&["keys", "rotate"]).await.success(), "2");
    let keys = program.run(&["keys", "list"]).await;
    let keys: Vec<&str> = keys.success().lines().collect();
    assert!(keys[0].ends_with("\t2") && keys[1] == format!("{old}\t0"), "{keys:?}");
    let reveal = async |account: &serde_json::Value| {
        let path = format!("/api/v1/accounts/{}/reveal", account["id"].as_str().unwrap());
        api.order(&path).await.expect(200)["password"].clone()
    };
    assert_eq!(reveal(&before).await, before["credentials"]["password"]);
    let after = api.post("/api/v1/accounts", &request).await.expect(201);
    assert_eq!(program.run(&["keys", "prune"]).await.success(), old);
    let only = program.run(&["keys", "list"]).await;
    assert!(only.success().ends_with("\t3") && only.success().lines().count() == 1, "{}", only.stdout);
    for account in [&before, &after] {
        assert_eq!(reveal(account).await, account["credentials"]["password"]);
    }
    running.stop().await;
    let again = program.serve().await;
    let api = Api::new(&again.url, Some(api.token().to_owned()));
    let path = format!("/api/v1/accounts/{}/reveal", before["id"].as_str().unwrap());
    assert_eq!(api.order(&path).await.expect(200)["password"], before["credentials"]["password"]);
}
