use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::connectors::{Guard, GuardSettings, ServiceDefinition, preset};

fn form(toml: &str) -> ServiceForm {
    ServiceForm {
        slug: "orders".to_owned(),
        environment: "test".to_owned(),
        base_url: "http://127.0.0.1:4010".to_owned(),
        toml: toml.to_owned(),
        ..ServiceForm::default()
    }
}

/// What is wrong with the form, by field.
fn wrong(form: &ServiceForm) -> Vec<(String, String)> {
    let filled = FilledForm::read(form, None);
    let guard = Guard::new(GuardSettings::default());
    let found = ServiceDefinition::parse(filled.table(), &guard).map_err(Problem::from);
    let errors = filled.verdict(found).map_or_else(|problem| problem.errors, |_| Vec::new());
    errors.into_iter().map(|error| (error.pointer, error.detail)).collect()
}

const CREATE: &str = "[service.http.create]\nrequest = \"POST /users/{{ username }}\"\n";
const DELETE: &str = "[service.http.delete]\nrequest = \"DELETE /users/{{ username }}\"\n";

#[test]
fn fields_and_text_make_one_table() {
    let mut form = form(&format!("{CREATE}\r\n[service.policy]\r\npassword = {{ length = 30 }}\r\n{DELETE}"));
    form.name = " Orders ".to_owned();
    form.max_ttl = "2d".to_owned();
    form.concurrency = "4".to_owned();
    let filled = FilledForm::read(&form, None);
    let expected = json!({
        "slug": "orders", "name": "Orders", "environment": "test", "base_url": "http://127.0.0.1:4010",
        "policy": { "max_ttl": "2d", "concurrency": 4, "password": { "length": 30 } },
        "http": {
            "create": { "request": "POST /users/{{ username }}" }, "delete": { "request": "DELETE /users/{{ username }}" },
        },
    });
    assert_eq!(filled.table(), &expected);
    assert_eq!(wrong(&form), []);
}

#[test]
fn what_is_wrong_is_told_where_it_was_typed() {
    let mut form = form(&format!("{CREATE}reqest = 1\n\n[service.policy]\nmax_ttl = \"1h\"\n{DELETE}"));
    form.environment = "production".to_owned();
    form.default_ttl = "2h".to_owned();
    form.concurrency = "many".to_owned();
    let wrong = wrong(&form);
    let fields: Vec<_> = wrong.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["/environment", "/default_ttl", "/concurrency", "/toml"], "{wrong:?}");
    let (_, told) = &wrong[3];
    assert!(
        told.starts_with("line 3, column 1, `reqest = 1`: http.create.reqest is not a field here"),
        "{told}"
    );
}

#[test]
fn what_stands_in_a_field_and_in_the_text_is_told_by_its_line() {
    let mut form = form(&format!("[service]\nslug = \"orders\"\n{CREATE}{DELETE}"));
    let wrong_now = wrong(&form);
    assert_eq!(wrong_now.len(), 1, "{wrong_now:?}");
    assert!(wrong_now[0].1.starts_with("line 2, column 1, `slug = \"orders\"`: slug stands in its own"));
    form.slug.clear();
    assert_eq!(wrong(&form), []);
}

#[test]
fn a_whole_file_is_understood_where_the_fields_are_empty() {
    let file = format!(
        "[[service]]\nslug = \"orders\"\nenvironment = \"test\"\nbase_url = \"http://127.0.0.1\"\n\
         connector = \"http\"\n{CREATE}{DELETE}"
    );
    let empty = |toml: &str| ServiceForm { toml: toml.to_owned(), ..ServiceForm::default() };
    assert_eq!(wrong(&empty(&file)), []);
    let two = wrong(&empty(&format!("{file}\n[[service]]\nslug = \"b\"\n")));
    let (field, told) = two.last().unwrap();
    assert!(field == "/toml" && told.contains("is a second service"), "{two:?}");
    let broken = wrong(&empty("[service\n"));
    let fields: Vec<_> = broken.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["/slug", "/environment", "/base_url", "/toml"]);
    assert!(broken[3].1.starts_with("line 1, column ") && broken[3].1.contains("is no TOML"), "{broken:?}");
    let elsewhere = wrong(&empty("[http.create]\nrequest = \"POST /\"\n"));
    assert!(elsewhere[3].1.contains("line 1, column 2, `[http.create]`: http is not a field here"));
}

#[test]
fn whatever_a_file_can_say_comes_back_from_the_form_as_it_was() {
    let files = preset::files().map(|(_, text)| {
        let http: Map<String, Value> = toml::from_str(text).unwrap();
        json!({ "slug": "orders", "connector": "http", "policy": { "approval": "auto" }, "http": http })
    });
    let every_field = ServiceFile::parse("", include_str!("../service_file/agreement/every_field.toml"));
    for table in files.chain(every_field.unwrap().tables().iter().cloned()) {
        let form = fill_in(&table).unwrap();
        let filled = FilledForm::read(&form, Some(&table));
        assert_eq!(filled.faults, [], "{}", form.toml);
        assert_eq!(filled.table(), &table, "{}", form.toml);
    }
}

#[test]
fn the_text_reads_like_a_service_file() {
    let table = json!({
        "slug": "orders", "policy": { "approval": "manager", "password": { "length": 30 } },
        "http": {
            "verify": false,
            "create": {
                "request": "POST /users", "json": { "name": "{{ username }}", "a b": 1 },
                "rules": [{ "status": 200, "outcome": "created" }],
            },
            "delete": { "steps": [{ "request": "DELETE /a" }, { "request": "DELETE /b" }] },
        },
    });
    let form = fill_in(&table).unwrap();
    assert_eq!((form.slug.as_str(), form.approval.as_str()), ("orders", "manager"));
    let expected = r#"[service.policy]
password = { length = 30 }

[service.http]
verify = false

[service.http.create]
request = "POST /users"
json = { "a b" = 1, name = "{{ username }}" }
rules = [
  { status = 200, outcome = "created" },
]

[[service.http.delete.steps]]
request = "DELETE /a"

[[service.http.delete.steps]]
request = "DELETE /b"
"#;
    assert_eq!(form.toml, expected);
}

#[test]
fn a_table_that_nobody_can_read_any_more_is_seen_whole() {
    let table = json!({
        "slug": "orders", "name": ["no", "name"], "base_url": "http://127.0.0.1\n",
        "policy": { "concurrency": "many", "max_ttl": 7200 }, "http": "none", "of_a_later_version": 1,
    });
    let form = fill_in(&table).unwrap();
    assert_eq!((form.slug.as_str(), form.name.as_str(), form.max_ttl.as_str()), ("orders", "", "7200"));
    for shown in ["name = [\"no\", \"name\"]", "of_a_later_version = 1", "concurrency = \"many\""] {
        assert!(form.toml.contains(shown), "{}", form.toml);
    }
    assert_eq!(FilledForm::read(&form, Some(&table)).table(), &table);
}

#[test]
fn what_toml_cannot_say_is_named() {
    let table = json!({ "name": null, "policy": null, "http": { "create": { "json": { "a": [1, null] } } } });
    let problem = fill_in(&table).unwrap_err();
    assert!(problem.detail.contains("/http/create/json/a/1"), "{problem}");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let name = prop_oneof!["[a-z_]{1,8}", any::<String>(), Just("steps".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_table_comes_back_from_the_form_as_it_was(
        name in values(), slug in values(), max_ttl in values(), http in values(), other in values(),
    ) {
        let table = json!({
            "name": name, "slug": slug, "policy": { "max_ttl": max_ttl, "other": 1 }, "http": http, "other": other,
        });
        let form = fill_in(&table).unwrap();
        let filled = FilledForm::read(&form, Some(&table));
        prop_assert_eq!(&filled.faults, &[], "{}", form.toml);
        prop_assert_eq!(filled.table(), &table, "{}", form.toml);
    }
}
