//! `understudy serve` and `understudy sandbox`

use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    Program, Sandbox,
};

/// A key that is not the portal's own.
const ANOTHER_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[rstest]
#[tokio::test]
async fn is_ready_when_it_says_where_it_listens_and_stops_when_it_is_told_to(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    let running = program.serve().await;
    let api = Api::new(&running.url, None);
    api.get("/readyz").await.expect(200);
    assert_eq!(running.stdout(), format!("listening on {}\n", running.url));
    let stopped = running.stop().await;
    stopped.success();
    assert!(stopped.stderr.contains("stopping"));
}

#[rstest]
#[tokio::test]
async fn only_its_owner_can_read_the_key_file(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    program.serve().await.stop().await.success();
    let mode = std::fs::metadata(program.key_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[rstest]
#[tokio::test]
async fn other_keys_are_refused_beside_a_sealed_database(#[values(Sqlite, Postgres)] database: Database) {
    let mut program = Program::new(database).await;
    program.serve().await.stop().await.success();
    let own = std::fs::read_to_string(program.key_file()).unwrap();
    program.set("UNDERSTUDY_KEYS", ANOTHER_KEY);
    let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert!(refused.failure(1).contains("sealed with other keys"), "{}", refused.stderr);
    // The right one, given by configuration beside the other.
    program.set("UNDERSTUDY_KEYS", format!("{ANOTHER_KEY},{}", own.trim()));
    program.serve().await.stop().await.success();
}

#[rstest]
#[tokio::test]
async fn a_missing_key_is_not_made_anew_beside_a_sealed_database(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    program.serve().await.stop().await.success();
    let aside = program.folder().join("aside");
    std::fs::rename(program.key_file(), &aside).unwrap();
    let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    let complaint = refused.failure(1);
    assert!(
        complaint.contains("keys that are not here") && complaint.contains("UNDERSTUDY_KEYS"),
        "{complaint}"
    );
    assert!(!program.key_file().exists());
    std::fs::rename(&aside, program.key_file()).unwrap();
    program.serve().await.stop().await.success();
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    for keys in ["", "nonsense", "AAAA"] {
        let mut program = Program::new(Sqlite).await;
        program.set("UNDERSTUDY_KEYS", keys);
        let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
        assert!(refused.failure(1).contains("key"), "{keys}: {}", refused.stderr);
        assert!(!refused.stderr.contains("nonsense") && !refused.stderr.contains("AAAA"));
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_said() {
    let program = Program::new(Sqlite).await;
    let running = program.serve().await;
    let address = running.url.trim_start_matches("http://");
    let refused = program.run(&["serve", "--listen", address]).await;
    assert!(refused.failure(1).contains("--listen"), "{}", refused.stderr);
}

#[rstest]
#[tokio::test]
async fn an_end_without_warning_loses_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let sandbox = Sandbox::start().await;
    program.add_person("ann", "admin", "secret-enough").await;
    program.apply_article_service(&sandbox.0.url()).await;
    let token = program.issue_token("ann").await;
    let running = program.serve().await;
    let issued = Api::new(&running.url, Some(token.clone())).new_account().await;
    running.kill().await;

    let running = program.serve().await;
    let api = Api::new(&running.url, Some(token));
    let path = format!("/api/v1/accounts/{}", issued["id"].as_str().unwrap());
    assert_eq!(api.order(&format!("{path}/reveal")).await.expect(200), issued["credentials"]);
    assert_eq!(api.delete(&path).await.expect(200)["state"], "revoked");
    assert!(sandbox.usernames().await.is_empty());
    let whole = program.run(&["audit", "verify"]).await;
    assert!(whole.success().contains("0 not chained yet"), "{}", whole.stdout);
}

#[tokio::test]
async fn settings_come_from_file_environment_and_command_line_in_this_order() {
    let mut program = Program::new(Sqlite).await;
    program.write("understudy.toml", "listen = \"nowhere\"\n");
    assert!(program.run(&["serve"]).await.failure(1).contains("understudy.toml"));
    program.write("understudy.toml", "listen = \"127.0.0.1:0\"\n");
    program.start(&["serve"]).await.stop().await.success();
    program.write("understudy.toml", "listen = \"192.0.2.1:1\"\n");
    assert!(program.run(&["serve"]).await.failure(1).contains("192.0.2.1:1"));
    program.set("UNDERSTUDY_LISTEN", "127.0.0.1:0");
    program.start(&["serve"]).await.stop().await.success();
    program.set("UNDERSTUDY_LISTEN", "192.0.2.1:1");
    program.start(&["serve", "--listen", "127.0.0.1:0"]).await.stop().await.success();
}

#[tokio::test]
async fn the_sandbox_runs_by_itself() {
    let program = Program::new(Sqlite).await;
    let running = program.start(&["sandbox", "--listen", "127.0.0.1:0", "--fail-rate", "1"]).await;
    let answer = Api::new(&running.url, None).get("/accounts").await;
    assert_eq!(answer.status, 500, "it was told to fail");
    running.stop().await.success();
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    for setting in [
        "environments = []",
        "allowed_hosts = [\"http://orders.example.com\"]",
        "allowed_secrets = [\"hunter2\"]",
        "email_domain = \"no domain\"",
    ] {
        let program = Program::new(Sqlite).await;
        program.write("understudy.toml", setting);
        let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
        let (name, _) = setting.split_once(' ').unwrap();
        assert!(
            refused.failure(1).contains(name) && !refused.stderr.contains("hunter2"),
            "{}",
            refused.stderr
        );
        assert!(program.files().is_empty());
    }
    for variable in ["UNDERSTUDY_LOG", "UNDERSTUDY_LOG_FORMAT"] {
        let mut program = Program::new(Sqlite).await;
        program.set(variable, "loudly");
        let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
        assert!(refused.failure(1).contains(variable), "{}", refused.stderr);
    }
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    let program = Program::new(Sqlite).await;
    program.serve().await.stop().await.success();
    std::fs::set_permissions(program.key_file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert!(refused.failure(1).contains("chmod 600"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_cookie_of_yesterday_is_no_news() {
    let program = Program::new(Sqlite).await;
    let running = program.serve().await;
    let stale = "understudy_session=AAAAAAAAAAAAAAAAAAAAAQ";
    let anonymous = Api::new(&running.url, None);
    let answer = anonymous.call(http::Method::GET, "/accounts").header("cookie", stale).send().await;
    assert_eq!(answer.status, 303);
    let stopped = running.stop().await;
    stopped.success();
    assert!(!stopped.stderr.contains("suspicious"), "{}", stopped.stderr);
}
