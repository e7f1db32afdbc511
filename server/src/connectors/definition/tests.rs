use domain::service::Capability;
use serde_json::{Value, json};

use super::*;
use crate::connectors::GuardSettings;

fn parse(table: &Value) -> Result<ServiceDefinition, Problem> {
    let settings = GuardSettings {
        allowed_secrets: vec!["env:ORDERS_ADMIN_TOKEN".to_owned()],
        ..GuardSettings::default()
    };
    Ok(ServiceDefinition::parse(table, &Guard::new(settings))?)
}

fn faults(table: &Value) -> Vec<String> {
    parse(table).unwrap_err().errors.into_iter().map(|error| error.pointer).collect()
}

/// Tables that are refused, each for another reason.
pub fn broken() -> Vec<Value> {
    let harmful = harmful().into_iter().map(|(http, _)| with(&http));
    let addresses = FORBIDDEN_ADDRESSES.map(at);
    [json!([]), json!({}), slips(), wrong_everywhere()].into_iter().chain(harmful).chain(addresses).collect()
}

const FORBIDDEN_ADDRESSES: [&str; 6] = [
    "http://10.0.0.1",
    "http://169.254.169.254/latest",
    "http://[::ffff:169.254.169.254]",
    "http://2852039166/",
    "http://0x7f000001.0.0.1",
    "http://0.0.0.0:80",
];

fn at(base_url: &str) -> Value {
    json!({ "slug": "o", "environment": "test", "base_url": base_url, "connector": "article" })
}

/// The article's calls, but for these.
fn with(http: &Value) -> Value {
    let mut table = at("http://localhost");
    table["http"] = http.clone();
    table
}

fn slips() -> Value {
    json!({
        "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": "article",
        "http": {
            "reset": { "request": "PUT /accounts/{{ usrname }}", "json": { "password": "{{ pasword }}" } },
            "disable": { "reqest": "POST /accounts/{{ username }}/disable" },
            "enable": { "request": "POST /accounts/{{ username }}/enable", "rules": [{ "outcome": "created" }] },
            "gone": { "request": "GET /accounts/{{ username }}", "rules": [{ "status": 404, "outcome": "gone" }] },
            "unfreeze": { "request": "POST /accounts/{{ username }}/enable" },
        },
    })
}

fn wrong_everywhere() -> Value {
    json!({
        "slug": "Orders",
        "environment": "production",
        "base_url": "ftp://orders",
        "secret": "hunter2",
        "colour": "blue",
        "policy": {
            "default_ttl": "8d", "max_ttl": "7d", "concurrency": 0, "max_active_per_person": -1,
            "password": { "length": 4, "classes": ["lower", "runes"] }, "ttl": "1h",
        },
        "http": {
            "auth": { "bearer": "abc123" },
            "create": {
                "request": "POST /users", "form": { "a": "{{ user }}" },
                "headers": { "Host": "evil", "a b": "c", "X-Api-Key": "abc" },
                "capture": { "remote_id": "id", "username": "/t" },
            },
            "verify": { "request": "FETCH /login" },
            "delete": { "request": "DELETE users/{{ username }}", "json": {}, "form": { "a": "b" }, "rules": {} },
        },
    })
}

/// Calls that would do harm, and where each is wrong.
fn harmful() -> Vec<(Value, &'static str)> {
    vec![
        (json!({ "delete": { "request": "DELETE /users" } }), "/http/delete/request"),
        (json!({ "delete": { "request": "DELETE /users/{{ remote_id }}" } }), "/http/delete/request"),
        (json!({ "create": { "request": "POST /users/{{ remote_id }}" } }), "/http/create/request"),
        (json!({ "create": { "request": "POST /users" } }), "/http/create/request"),
        (json!({ "verify": { "request": "GET /users/{{ username }}" } }), "/http/verify/request"),
        (json!({ "reset": { "request": "PUT /users/{{ username }}" } }), "/http/reset/request"),
        (
            json!({ "reset": { "request": "PUT /users", "json": { "password": "{{ password }}" } } }),
            "/http/reset/request",
        ),
        (json!({ "disable": { "request": "POST /users/disable" } }), "/http/disable/request"),
        (json!({ "enable": { "request": "POST /users/{{ remote_id }}/enable" } }), "/http/enable/request"),
        (json!({ "gone": { "request": "GET /users" } }), "/http/gone/request"),
        (
            json!({ "gone": { "request": "GET /users/{{ username }}?key={{ secret }}" } }),
            "/http/gone/request",
        ),
        (json!({ "auth": { "bearer": "{{ secret }}" } }), "/http/create/request"),
        (
            json!({ "auth": { "basic": { "username": "admin", "password": "admin" } } }),
            "/http/auth/basic/password",
        ),
        (json!({ "auth": { "headers": { "X-Team": "a" } } }), "/http/auth/headers"),
        (json!({ "auth": {} }), "/http/auth"),
        (json!({ "auth": "bearer" }), "/http/auth"),
        (json!({ "delete": { "request": "DELETE /users/../{{ username }}" } }), "/http/delete/request"),
        (json!({ "delete": { "request": "DELETE //evil/#{{ username }}" } }), "/http/delete/request"),
        (json!({ "delete": { "request": "DELETE @evil/{{ username }}" } }), "/http/delete/request"),
    ]
}

/// The example of the documentation.
pub fn orders() -> Value {
    let file: Value = toml::from_str(
        r#"
        [[service]]
        slug = "orders"
        name = "Orders"
        environment = "staging"
        base_url = "http://127.0.0.1:4010/"
        secret = "env:ORDERS_ADMIN_TOKEN"
        connector = "http"

        [service.policy]
        default_ttl = "2h"
        max_ttl = "7d"
        approval = "auto"
        max_active_per_person = 50
        password = { length = 32, classes = ["upper", "lower", "digit"] }
        concurrency = 4

        [service.http.auth]
        bearer = "{{ secret }}"

        [service.http.create]
        request = "POST /users"
        json = { name = "{{ username }}", pass = "{{ password }}", mail = "{{ email }}" }
        capture = { remote_id = "/data/id" }

        [service.http.verify]
        request = "POST /login"
        form = { user = "{{ username }}", pass = "{{ password }}" }
        rules = [{ status = [200], pointer = "/ok", equals = true, outcome = "ok" }, { status = [200, 401], outcome = "denied" }]

        [service.http.delete]
        request = "DELETE /users/{{ remote_id }}"
        "#,
    )
    .unwrap();
    file["service"][0].clone()
}

#[test]
fn a_service_file_s_table_is_read() {
    let service = parse(&orders()).unwrap();
    assert_eq!((service.slug.as_str(), service.name.as_str()), ("orders", "Orders"));
    assert_eq!(service.base_url, "http://127.0.0.1:4010");
    assert_eq!(service.policy.password.length, 32);
    assert_eq!(service.capabilities(), [Capability::Create, Capability::Verify, Capability::Delete]);
}

#[test]
fn what_is_left_out_has_a_default() {
    let table = json!({
        "slug": "users", "environment": "test", "base_url": "http://localhost:4010", "connector": "article",
        "policy": { "max_ttl": "30m" },
    });
    let service = parse(&table).unwrap();
    assert_eq!(service.name.as_str(), "users");
    assert_eq!(service.policy.default_ttl.to_string(), "30m");
    assert_eq!(service.policy.concurrency, 16);
    assert_eq!(service.capabilities(), [Capability::Create, Capability::Delete]);
}

#[test]
fn operations_of_the_service_stand_in_for_those_of_the_preset() {
    let table = json!({
        "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": "article",
        "http": { "verify": { "request": "POST /login", "json": { "username": "{{ username }}", "password": "{{ password }}" } } },
    });
    let offered = parse(&table).unwrap().capabilities();
    assert_eq!(offered, [Capability::Create, Capability::Verify, Capability::Delete]);
}

#[test]
fn what_a_service_can_do_is_what_its_table_declares() {
    let table = json!({
        "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": "article",
        "http": {
            "gone": { "request": "GET /accounts/{{ username }}" },
            "enable": { "request": "POST /accounts/{{ username }}/enable" },
            "disable": { "request": "POST /accounts/{{ username }}/disable" },
            "reset": { "request": "PUT /accounts/{{ username }}", "json": { "password": "{{ password }}" } },
        },
    });
    assert_eq!(
        parse(&table).unwrap().capabilities(),
        [
            Capability::Create,
            Capability::Reset,
            Capability::Disable,
            Capability::Enable,
            Capability::Delete,
            Capability::Gone,
        ]
    );
}

#[test]
fn slips_in_the_optional_operations_are_pointed_at() {
    assert_eq!(
        faults(&slips()),
        [
            "/http/reset/json/password",
            "/http/reset/request",
            "/http/disable/request",
            "/http/disable/reqest",
            "/http/enable/rules/0/outcome",
            "/http/gone/rules/0/outcome",
            "/http/unfreeze",
        ]
    );
}

#[test]
fn every_bad_field_is_pointed_at() {
    assert_eq!(
        faults(&wrong_everywhere()),
        [
            "/slug",
            "/base_url",
            "/secret",
            "/environment",
            "/policy/default_ttl",
            "/policy/max_active_per_person",
            "/policy/password/length",
            "/policy/password/classes/1",
            "/policy/concurrency",
            "/policy/ttl",
            "/http/auth/bearer",
            "/http/create/headers/Host",
            "/http/create/headers/X-Api-Key",
            "/http/create/headers/a b",
            "/http/create/form/a",
            "/http/create/capture/remote_id",
            "/http/create/capture/username",
            "/http/verify/request",
            "/http/delete/form",
            "/http/delete/request",
            "/http/delete/rules",
            "/colour",
        ]
        .map(str::to_owned)
        .to_vec()
    );
    assert!(!parse(&wrong_everywhere()).unwrap_err().to_string().contains("hunter2"));
}

#[test]
fn what_is_no_table_or_empty_is_refused() {
    assert_eq!(faults(&json!([])), [""]);
    assert_eq!(faults(&json!({})), ["/slug", "/environment", "/base_url", "/http/create", "/http/delete"]);
}

#[test]
fn operations_that_would_do_harm_are_refused() {
    for (http, pointer) in harmful() {
        assert_eq!(faults(&with(&http))[0], pointer, "{http}");
    }
}

#[test]
fn literal_addresses_are_refused_when_they_are_written() {
    for base_url in FORBIDDEN_ADDRESSES {
        let table = at(base_url);
        assert_eq!(faults(&table), ["/base_url"], "{base_url}");
        // A host that is not allowed any more can still be shown.
        let restored = ServiceDefinition::restore(&table);
        assert_eq!(restored.is_ok(), !base_url.contains("0x7f"), "{base_url}");
    }
}

#[test]
fn a_base_url_that_would_lose_a_part_is_refused() {
    for base_url in ["http://localhost/a?tenant=1", "http://localhost/#users"] {
        assert_eq!(faults(&at(base_url)), ["/base_url"], "{base_url}");
    }
}

#[test]
fn values_where_none_are_filled_in_are_pointed_at() {
    let step = |rule: Value| json!({ "delete": { "request": "DELETE /{{ username }}", "rules": [rule] } });
    for (http, pointer) in [
        (
            step(json!({ "body": { "contains": "{{ username }}" }, "outcome": "ok" })),
            "/http/delete/rules/0/body/contains",
        ),
        (step(json!({ "pointer": "/a/{{ username }}", "outcome": "ok" })), "/http/delete/rules/0/pointer"),
        (
            step(json!({ "pointer": "/a", "equals": "{{ username }}", "outcome": "ok" })),
            "/http/delete/rules/0/equals",
        ),
        (
            json!({ "reset": { "request": "PUT /{{ username }}", "text": "n={{ password }}" } }),
            "/http/reset/text",
        ),
        (
            json!({ "reset": { "request": "PUT /{{ username }}", "xml": "<p><![CDATA[{{ password }}]]></p>" } }),
            "/http/reset/xml",
        ),
        (
            json!({ "reset": { "request": "PUT /{{ username }}", "text": "{{ password }}", "json": 1 } }),
            "/http/reset/text",
        ),
    ] {
        assert_eq!(faults(&with(&http))[0], pointer, "{http}");
    }
}

#[test]
fn an_unknown_connector_is_answered_with_the_known_ones() {
    let table =
        json!({ "slug": "o", "environment": "test", "base_url": "http://localhost", "connector": "x" });
    let problem = parse(&table).unwrap_err();
    assert_eq!(problem.errors[0].pointer, "/connector");
    assert!(problem.detail.contains("http, article"), "{problem}");
}

#[test]
fn slips_in_attributes_and_personas_are_pointed_at() {
    let table = json!({
        "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": "article",
        "attributes": { "plan": ["a"], "a b": "c", "age": 42 },
        "personas": {
            "Premium Customer": { "attributes": {} },
            "trial": { "titel": "Trial", "attributes": { "note": "a\u{0}b" } },
            "odd": "x",
        },
    });
    assert_eq!(
        faults(&table),
        [
            "/attributes/a b",
            "/attributes/plan",
            "/personas/Premium Customer",
            "/personas/odd",
            "/personas/trial/attributes/note",
            "/personas/trial/titel",
        ]
    );
}
