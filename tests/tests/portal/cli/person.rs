//! `understudy person`

use rstest::rstest;
use tests::{
    Api, Browser,
    Database::{self, Postgres, Sqlite},
    Program,
};

#[rstest]
#[tokio::test]
async fn people_are_added_listed_and_disabled(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let add = ["person", "add", "ann.lee", "--role", "manager", "--password-stdin"];
    assert_eq!(program.run_with_input(&add, "secret-enough\n").await.success(), "ann.lee");
    program.add_person("bob", "tester", "secret-enough").await;
    let list = "ann.lee\tmanager\tdefault\tactive\nbob\ttester\tdefault\tactive";
    assert_eq!(program.run(&["person", "list"]).await.success(), list);
    assert_eq!(program.run(&["person", "disable", "bob"]).await.success(), "bob");
    assert!(program.run(&["person", "list"]).await.success().ends_with("bob\ttester\tdefault\tdisabled"));
}

#[rstest]
#[tokio::test]
async fn teams_are_added_and_people_belong_to_them(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    assert_eq!(
        program.run(&["team", "add", "payments", "--name", "Payments"]).await.success(),
        "payments\tPayments"
    );
    let add = ["person", "add", "ann", "--role", "tester", "--team", "payments", "--password-stdin"];
    program.run_with_input(&add, "secret-enough\n").await.success();
    let list = "ann\ttester\tpayments\tactive";
    assert_eq!(program.run(&["person", "list"]).await.success(), list);
    assert!(program.run(&["team", "remove", "payments"]).await.failure(1).contains("1 people belong"));
    let moved = program.run(&["person", "team", "ann", "default"]).await;
    assert_eq!(moved.success(), "ann\ttester\tdefault\tactive");
    program.run(&["team", "remove", "payments"]).await.success();
    assert_eq!(program.run(&["team", "list"]).await.success(), "default\tEverybody");
    let link = program.run(&["person", "invite", "ann"]).await;
    assert!(link.success().starts_with("/welcome?code="));
}

#[tokio::test]
async fn who_cannot_be_added_is_said_and_nothing_is_changed() {
    let program = Program::new(Sqlite).await;
    program.add_person("ann", "tester", "secret-enough").await;
    for (login, password, said) in [
        ("ann", "secret-enough", "already"),
        ("No Login", "secret-enough", "the login: "),
        ("bob", "1234", "the password: "),
        ("bob", "", "the password: "),
    ] {
        let add = ["person", "add", login, "--role", "tester", "--password-stdin"];
        let failed = program.run_with_input(&add, password).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
    assert!(program.run(&["person", "disable", "nobody"]).await.failure(1).contains("no such person"));
    let without_terminal = program.run(&["person", "add", "bob", "--role", "tester"]).await;
    assert!(without_terminal.failure(1).contains("--password-stdin"));
    assert_eq!(program.run(&["person", "list"]).await.success().lines().count(), 1);
}

#[rstest]
#[tokio::test]
async fn it_works_beside_a_running_portal_and_counts_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let running = program.serve().await;
    program.add_person("ann", "manager", "secret-enough").await;
    let api = Api::new(&running.url, Some(program.issue_token("ann").await));
    api.get("/api/v1/me").await.expect(200);
    let browser = Browser::new(&running.url);
    let fields = [("login", "ann"), ("password", "secret-enough"), ("then", "")];
    assert_eq!(browser.submit("/actions/sign_in", &fields).await.header("location"), "/accounts");

    let added = api.get("/api/v1/events?action=token_issued").await;
    assert!(added.status == 200);
    program.run(&["person", "disable", "ann"]).await.success();
    api.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(browser.open("/accounts").await.status, 303);
}

#[rstest]
#[tokio::test]
async fn what_was_changed_of_somebody_can_be_undone(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    program.add_person("ann", "admin", "secret-enough").await;
    program.add_person("bob", "tester", "secret-enough").await;
    let running = program.serve().await;
    let api = Api::new(&running.url, Some(program.issue_token("bob").await));
    let browser = Browser::new(&running.url);
    let sign_in = async |password: &str| {
        let fields = [("login", "bob"), ("password", password), ("then", "")];
        browser.submit("/actions/sign_in", &fields).await;
        browser.open("/accounts").await.status
    };
    assert_eq!(sign_in("secret-enough").await, 200);

    program.run(&["person", "disable", "bob"]).await.success();
    assert_eq!(program.run(&["person", "enable", "bob"]).await.success(), "bob");
    api.get("/api/v1/me").await.expect(200);
    assert_eq!(browser.open("/accounts").await.status, 303, "the old session stays ended");
    assert_eq!(sign_in("secret-enough").await, 200);

    let password = ["person", "password", "bob", "--password-stdin"];
    assert_eq!(program.run_with_input(&password, "another-secret\n").await.success(), "bob");
    assert_eq!(browser.open("/accounts").await.status, 303, "whoever knew the old one is out");
    assert_eq!(sign_in("secret-enough").await, 303);
    assert_eq!(sign_in("another-secret").await, 200);
    assert!(program.run_with_input(&password, "1234").await.failure(1).contains("5 characters"));

    let role = program.run(&["person", "role", "bob", "--role", "manager"]).await;
    assert_eq!(role.success(), "bob\tmanager\tdefault\tactive");
    assert_eq!(api.get("/api/v1/me").await.expect(200)["role"], "manager");
    let admin = Api::new(&running.url, Some(program.issue_token("ann").await));
    for action in ["person_enabled", "person_password_changed", "person_role_changed"] {
        let events = admin.get(&format!("/api/v1/events?action={action}&subject=bob")).await.items();
        assert_eq!((events.len(), &events[0]["actor"]["kind"]), (1, &"operator".into()), "{action}");
    }
}

#[rstest]
#[tokio::test]
async fn the_last_admin_who_can_sign_in_stays(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    program.add_person("ann", "admin", "secret-enough").await;
    program.add_person("bob", "admin", "secret-enough").await;
    program.run(&["person", "disable", "bob"]).await.success();
    for args in [vec!["disable", "ann"], vec!["role", "ann", "--role", "manager"]] {
        let refused = program.run(&[vec!["person"], args].concat()).await;
        assert!(refused.failure(1).contains("ann is the last admin who can sign in"), "{}", refused.stderr);
    }
    program.run(&["person", "role", "ann", "--role", "admin"]).await.success();
    program.run(&["person", "enable", "bob"]).await.success();
    program.run(&["person", "role", "ann", "--role", "manager"]).await.success();
    program.run(&["person", "disable", "ann"]).await.success();
    assert!(program.run(&["person", "disable", "bob"]).await.failure(1).contains("bob is the last admin"));
}
