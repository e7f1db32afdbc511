use domain::problem::FieldError;

use super::*;

const FILE: &str = r#"# Two services.
[[service]]
slug = "orders"
base_url = "http://127.0.0.1:4010"

[service.policy]
password = { length = 4,
             classes = ["lower", "runes"] }

[service.http.create]
json = { name = "ä", "a/b" = 1 }

[[service.http.reset.steps]]
request = "GET /"
[[service.http.reset.steps]]
rules = [
  { status = 200 },
  { status = 201 },
]

  [[service]]
  http.delete.request = "DELETE /"
"#;

fn file() -> ServiceFile {
    ServiceFile::parse("orders.toml", FILE).unwrap()
}

fn place(table: usize, pointer: &str) -> String {
    file().place_of(table, pointer).replace("orders.toml:", "")
}

fn broken(text: &str) -> Vec<String> {
    ServiceFile::parse("x.toml", text).unwrap_err().each().iter().map(Fault::to_string).collect()
}

#[test]
fn a_file_is_read_as_the_services_would_be_told() {
    let text =
        "[[service]]\na = [1, 0x1F, 1_000, 2.5, true, 'x', 1979-05-27, 18446744073709551615]\nb.c = {}";
    let file = ServiceFile::parse("", text).unwrap();
    let expected =
        serde_json::json!({ "a": [1, 31, 1000, 2.5, true, "x", "1979-05-27", u64::MAX], "b": { "c": {} } });
    assert_eq!(file.tables(), [expected]);
}

#[test]
fn every_part_of_a_file_has_its_place() {
    for (pointer, expected) in [
        ("", "2:1"),
        ("/slug", "3:1"),
        ("/policy", "6:1"),
        ("/policy/password", "7:1"),
        ("/policy/password/length", "7:14"),
        ("/policy/password/classes", "8:14"),
        ("/policy/password/classes/1", "8:34"),
        ("/http/create", "10:1"),
        ("/http/create/json/a~1b", "11:22"),
        ("/http/reset/steps", "13:1"),
        ("/http/reset/steps/1", "15:1"),
        ("/http/reset/steps/1/rules/1", "18:3"),
        ("/http/reset/steps/1/rules/1/status", "18:5"),
    ] {
        assert_eq!(place(0, pointer), expected, "{pointer}");
    }
    assert_eq!(place(1, ""), "21:3");
    assert_eq!(place(1, "/http/delete/request"), "22:15");
}

#[test]
fn what_is_missing_is_told_of_the_table_that_should_hold_it() {
    assert_eq!(place(0, "/http/create/request"), "10:1");
    assert_eq!(place(0, "/http/reset/steps/1/request"), "15:1");
    assert_eq!(place(0, "/environment"), "2:1");
    assert_eq!(place(1, "/http/create"), "22:3");
    assert_eq!(place(1, "/policy/max_ttl"), "21:3");
}

#[test]
fn faults_are_told_in_the_order_of_lines_as_compilers_tell_them() {
    let error = |pointer: &str| FieldError { pointer: pointer.to_owned(), detail: "is bad".to_owned() };
    let problem = Problem::invalid_fields(vec![
        error("/http/reset/steps/1/rules/0/status"),
        error("/http/create/request"),
        error("/slug"),
        error(""),
    ]);
    let faults = file().faults(0, &problem);
    let told: Vec<_> = faults.each().iter().map(Fault::to_string).collect();
    assert_eq!(
        told,
        [
            "orders.toml:2:1: service \"orders\": is bad",
            "orders.toml:3:1: service \"orders\", slug: is bad",
            "orders.toml:10:1: service \"orders\", http.create.request: is bad",
            "orders.toml:17:5: service \"orders\", http.reset.steps[1].rules[0].status: is bad",
        ]
    );
    let nameless = file().faults(1, &Problem::invalid("/slug", "is missing"));
    assert_eq!(nameless.each()[0].to_string(), "orders.toml:21:3: service number 2, slug: is missing");
}

#[test]
fn programs_are_told_pointers_and_people_lines() {
    let file = ServiceFile::parse("", FILE).unwrap();
    let problem = Problem::from(file.faults(0, &Problem::invalid("/http/create/request", "is missing")));
    assert_eq!((problem.kind, problem.errors.len()), (ProblemKind::Invalid, 1));
    assert_eq!(problem.errors[0].pointer, "/service/0/http/create/request");
    assert_eq!(problem.errors[0].detail, "is missing (line 10, column 1)");
    let conflict = Problem::new(ProblemKind::Conflict, "It holds accounts.");
    let problem = Problem::from(file.faults(0, &conflict));
    assert_eq!((problem.kind, problem.errors.len()), (ProblemKind::Conflict, 0));
    assert_eq!(problem.detail, "Line 2, service \"orders\": It holds accounts.");
    let problem = Problem::from(ServiceFile::parse("", "a = 1\na = 2").unwrap_err());
    assert_eq!(problem.kind, ProblemKind::Unreadable);
    assert_eq!(problem.detail, "The file is no TOML: duplicate key (line 2, column 1).");
}

#[test]
fn what_is_no_service_file_is_refused_at_its_place() {
    for (text, told) in [
        ("", "1:1: has no `[[service]]` table"),
        ("# nothing yet\n", "1:1: has no `[[service]]` table"),
        (
            "\n[service]\nslug = 'x'",
            "2:1: service: is a list of tables: each begins with `[[service]]`, in two brackets",
        ),
        (
            "service = []",
            "1:1: service: is a list of tables: each begins with `[[service]]`, in two brackets",
        ),
        ("[[service]]\nslug = \"broken", "2:15: is no TOML: invalid basic string, expected `\"`"),
        (
            "[[service]]\na = 1\nä = 2",
            "3:1: is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`",
        ),
        ("[[service]]\na = [1,\n  nan]", "3:3: service[0].a[1]: must be a number"),
        ("[[service]]\na = 99999999999999999999", "2:1: service[0].a: must be a smaller number"),
    ] {
        assert_eq!(broken(text), [format!("x.toml:{told}")]);
    }
    assert_eq!(
        broken("colour = 1\n[[service]]\nx = inf\n[[services]]\n"),
        [
            "x.toml:1:1: colour: is not a field here; there is: service",
            "x.toml:3:1: service[0].x: must be a number",
            "x.toml:4:1: services: is not a field here; there is: service",
        ]
    );
}
