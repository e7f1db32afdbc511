//! `understudy service`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Program, Sandbox, TestPortal, full_service, listing_service,
};

const ORDERS: &str = r#"
[[service]]
slug = "orders"
name = "Orders"
environment = "staging"
base_url = "http://127.0.0.1:4010"
connector = "article"

[service.policy]
default_ttl = "2h"
"#;

#[rstest]
#[tokio::test]
async fn files_are_applied_and_say_what_became_of_each_service(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    let users = ORDERS.replace("\"orders\"", "\"users\"").replace("4010", "4011");
    let file = program.write("services.toml", &format!("{ORDERS}{users}"));
    let applied = program.run(&["service", "apply", &file]).await;
    assert_eq!(applied.success(), "orders\tregistered\nusers\tregistered");
    let other = program.write("orders.toml", &ORDERS.replace("2h", "3h"));
    assert_eq!(program.run(&["service", "apply", &other]).await.success(), "orders\tchanged");
    let users = program.write("users.toml", &users);
    let applied = program.run(&["service", "apply", &other, &users]).await;
    assert_eq!(applied.success(), "orders\tunchanged\nusers\tunchanged");
    let list =
        "orders\tstaging\thttp://127.0.0.1:4010\tarticle\nusers\tstaging\thttp://127.0.0.1:4011\tarticle";
    assert_eq!(program.run(&["service", "list"]).await.success(), list);
}

#[rstest]
#[tokio::test]
async fn one_bad_file_among_good_ones_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let good = program.write("good.toml", ORDERS);
    let with = |from: &str, to: &str| ORDERS.replace("\"orders\"", "\"o2\"").replace(from, to);
    for (content, said) in [
        ("[[service]]\nslug = \"broken", "bad.toml:2:15: is no TOML: "),
        ("services = []", "bad.toml:1:1: services: is not a field here; there is: service"),
        ("# nothing yet", "bad.toml:1:1: has no `[[service]]` table"),
        (ORDERS, "bad.toml:3:1: service \"orders\", slug: stands twice: "),
        (ORDERS, "good.toml:3:1 has it too"),
        (&format!("{0}{0}", with("", "")), "bad.toml:13:1: service \"o2\", slug: stands twice: "),
        ("\n[[service]]\nslug = \"bare\"", "bad.toml:2:1: service \"bare\", environment: is missing"),
        (
            &with("staging", "production"),
            "bad.toml:5:1: service \"o2\", environment: is not allowed: `production`",
        ),
        (&with("connector", "conector"), "bad.toml:7:1: service \"o2\", conector: is not a field here"),
        (&with("http://127.0.0.1:4010", "http://192.0.2.7"), "allowed_hosts"),
        (
            &format!("{}\n[service.http.verify]\n", with("", "")),
            "bad.toml:12:1: service \"o2\", http.verify.request: is missing",
        ),
        (&format!("{}\n[service.http.auth]\nbearer = \"{{{{ secret }}}}\"", with("", "")), "secret"),
    ] {
        let bad = program.write("bad.toml", content);
        let failed = program.run(&["service", "apply", &good, &bad]).await;
        assert!(failed.failure(1).contains(said), "{said}: {}", failed.stderr);
        assert!(failed.stderr.starts_with("understudy: nothing was applied:\n"), "{}", failed.stderr);
        assert_eq!(program.run(&["service", "list"]).await.success(), "", "{said}");
    }
    let missing = program.run(&["service", "apply", "nowhere.toml"]).await;
    assert!(missing.failure(1).contains("nowhere.toml cannot be read"));
}

#[rstest]
#[tokio::test]
async fn a_service_is_paused_resumed_and_retired(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let file = program.write("orders.toml", ORDERS);
    program.run(&["service", "apply", &file]).await.success();
    let line = "orders\tstaging\thttp://127.0.0.1:4010\tarticle";
    let paused = program.run(&["service", "pause", "orders", "--reason", "its disk is full"]).await;
    assert_eq!(paused.success(), "orders\tpaused");
    assert_eq!(program.run(&["service", "list"]).await.success(), format!("{line}\tpaused"));
    let twice = program.run(&["service", "pause", "orders"]).await;
    assert!(twice.failure(1).contains("has been paused since"), "{}", twice.stderr);
    assert_eq!(program.run(&["service", "resume", "orders"]).await.success(), "orders\tactive");
    assert_eq!(program.run(&["service", "list"]).await.success(), line);
    let long = "x".repeat(501);
    let refused = program.run(&["service", "retire", "orders", "--reason", &long]).await;
    assert!(refused.failure(1).contains("--reason"), "{}", refused.stderr);
    assert_eq!(program.run(&["service", "retire", "orders", "--drain"]).await.success(), "orders\tretired");
    assert_eq!(program.run(&["service", "list"]).await.success(), "");
    let gone = program.run(&["service", "retire", "orders"]).await;
    assert!(gone.failure(1).contains("service"), "{}", gone.stderr);
    assert_eq!(program.run(&["service", "apply", &file]).await.success(), "orders\tregistered");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_in_the_order_of_files_and_lines() {
    let program = Program::new(Sqlite).await;
    let one =
        "[[service]]\nenvironment = \"nowhere\"\nslug = \"one\"\nbase_url = 5\nconnector = \"article\"\n";
    let two = one.replace("one", "two").replace("5", "\"http://localhost\"");
    let (first, second) =
        (program.write("first.toml", &format!("{one}{two}")), program.write("second.toml", &two));
    let failed = program.run(&["service", "apply", &first, &second]).await;
    let places: Vec<_> =
        failed.failure(1).lines().skip(1).map(|line| line.split(": ").take(2).collect::<Vec<_>>()).collect();
    let place = |file: &str, at: &str, field: &str| [format!("{file}:{at}"), field.to_owned()];
    assert_eq!(
        places,
        [
            place(&first, "2:1", "service \"one\", environment"),
            place(&first, "4:1", "service \"one\", base_url"),
            place(&first, "7:1", "service \"two\", environment"),
            place(&second, "2:1", "service \"two\", environment"),
        ]
    );
}

#[tokio::test]
async fn the_schema_that_editors_take_is_the_one_that_is_served() {
    let program = Program::new(Sqlite).await;
    let printed = program.run(&["service", "schema"]).await;
    let portal = TestPortal::start(Sqlite).await;
    let served = portal.anonymous().get("/api/service-file.schema.json").await;
    assert_eq!(printed.success(), served.text.trim_end());
    assert_eq!(served.header("content-type"), "application/schema+json");
    assert_eq!(served.expect(200)["title"], "Understudy service file");
}

#[tokio::test]
async fn the_example_s_file_is_one() {
    let program = Program::new(Sqlite).await;
    let file = program.write("services.toml", include_str!("../../../../examples/services.toml"));
    assert_eq!(program.run(&["service", "apply", &file]).await.success(), "user-service\tregistered");
}

#[tokio::test]
async fn the_operators_settings_say_what_may_be_called() {
    let program = Program::new(Sqlite).await;
    let file =
        program.write("orders.toml", &ORDERS.replace("127.0.0.1:4010", "192.0.2.7").replace("staging", "qa"));
    program.write("understudy.toml", "environments = [\"qa\"]\nallowed_hosts = [\"192.0.2.7\"]\n");
    assert_eq!(program.run(&["service", "apply", &file]).await.success(), "orders\tregistered");
    program.write("understudy.toml", "enviroments = [\"qa\"]\n");
    let failed = program.run(&["service", "list"]).await;
    assert!(failed.failure(1).contains("enviroments"), "{}", failed.stderr);
}

#[rstest]
#[tokio::test]
async fn a_service_is_tried_out_and_its_steps_are_told(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let sandbox = Sandbox::start().await;
    let file = ORDERS.replace("http://127.0.0.1:4010", &sandbox.0.url());
    let applied = program.write("services.toml", &file);
    program.run(&["service", "apply", &applied]).await.success();
    let check = program.run(&["service", "check", "orders"]).await.success().to_owned();
    let names: Vec<_> = check.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(names, ["create", "delete", "gone"]);
    assert!(check.lines().all(|line| line.split('\t').nth(1) == Some("ok")), "{check}");
    let json = program.run(&["service", "check", "orders", "--json"]).await.success().to_owned();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["ok"], true);
    assert_eq!(sandbox.usernames().await, Vec::<String>::new());

    let broken = format!(
        "{file}\n[service.http.verify]\nrequest = \"POST /login\"\njson = {{ user = \"{{{{ username }}}}\", pass = \"{{{{ password }}}}\" }}\n"
    );
    let broken = program.write("broken.toml", &broken);
    program.run(&["service", "apply", &broken]).await.success();
    let failed = program.run(&["service", "check", "orders"]).await;
    assert!(failed.failure(1).contains("does not do what its definition says: login"), "{}", failed.stderr);
    assert!(failed.stdout.contains("login\tFAILED"), "{}", failed.stdout);
    assert_eq!(sandbox.usernames().await, Vec::<String>::new());
    let nobody = program.run(&["service", "check", "nobodys"]).await;
    assert!(nobody.failure(1).contains("no such service"));
}

#[tokio::test]
async fn a_secret_is_read_from_standard_input_and_never_an_argument() {
    let program = Program::new(Sqlite).await;
    let file = ORDERS.replace("[service.policy]", "secret = \"sealed\"\n\n[service.policy]");
    let file = program.write("services.toml", &file);
    program.run(&["service", "apply", &file]).await.success();
    let sealed = program.run_with_input(&["service", "seal", "orders", "--secret-stdin"], "s3rvice\n").await;
    assert_eq!(sealed.success(), "orders");
    let nowhere =
        program.run_with_input(&["service", "seal", "nobodys", "--secret-stdin"], "s3rvice\n").await;
    assert!(nowhere.failure(1).contains("no such service"));
    let unasked = program.run(&["service", "seal", "orders"]).await;
    assert!(unasked.failure(1).contains("use --secret-stdin"), "{}", unasked.stderr);
}

#[rstest]
#[tokio::test]
async fn a_service_is_swept_and_what_is_found_is_told(#[values(Sqlite, Postgres)] database: Database) {
    let program = Program::new(database).await;
    let sandbox = Sandbox::start().await;
    program.apply_services(&[listing_service("users", &sandbox.0.url())]).await;
    assert_eq!(program.run(&["service", "sweep", "users"]).await.success(), "");
    sandbox.create("test_stranger", "secret").await;
    let line = "unknown\ttest_stranger\tnot minted here\topen";
    for dry_run in [&["--dry-run"][..], &[]] {
        let sweep = [&["service", "sweep", "users"], dry_run].concat();
        assert_eq!(program.run(&sweep).await.success(), line);
    }
    let json = program.run(&["service", "sweep", "users", "--json"]).await.success().to_owned();
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&found["unknown"][0]["sweeps"], found["missing"].as_array().map(Vec::len)),
        (&2.into(), Some(0))
    );
    assert_eq!(sandbox.usernames().await, ["test_stranger"]);
    let nobody = program.run(&["service", "sweep", "nobodys"]).await;
    assert!(nobody.failure(1).contains("no such service"));
    program.apply_services(&[full_service("users", &sandbox.0.url())]).await;
    let cannot = program.run(&["service", "sweep", "users"]).await;
    assert!(cannot.failure(1).contains("does not say how to list"), "{}", cannot.stderr);
}
