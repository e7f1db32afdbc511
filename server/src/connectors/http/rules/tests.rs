use domain::problem::Checks;
use serde_json::json;

use super::*;

fn read(operation: Capability, rules: Value) -> Result<Rules, Vec<(String, String)>> {
    let mut checks = Checks::new();
    let mut table = Table::open(json!({ "rules": rules }), "", &mut checks).unwrap();
    let rules = Rules::read(&mut table, operation);
    table.close();
    let problem = checks.finish().map(|()| rules);
    problem.map_err(|problem| problem.errors.into_iter().map(|e| (e.pointer, e.detail)).collect())
}

fn decide(rules: &Rules, status: u16, body: &str) -> Verdict {
    rules.decide(&Reply::of(status, body)).verdict
}

#[test]
fn a_plain_rest_api_needs_no_rules() {
    use Verdict::{Absent, Created, Denied, Exists, Ok, Rejected, Retry, Unknown};
    let change = [
        (200, Ok),
        (204, Ok),
        (404, Absent),
        (410, Absent),
        (401, Denied),
        (403, Denied),
        (400, Rejected),
        (409, Rejected),
        (422, Rejected),
        (429, Retry),
        (503, Retry),
        (500, Unknown),
        (302, Unknown),
    ];
    for (operation, expected) in [
        (
            Capability::Create,
            [
                (200, Created),
                (201, Created),
                (409, Exists),
                (401, Denied),
                (403, Denied),
                (429, Retry),
                (408, Retry),
                (422, Rejected),
                (500, Unknown),
                (503, Unknown),
                (302, Unknown),
            ],
        ),
        (
            Capability::Verify,
            [
                (200, Ok),
                (204, Ok),
                (401, Denied),
                (403, Denied),
                (404, Rejected),
                (429, Retry),
                (500, Retry),
                (503, Retry),
                (400, Rejected),
                (301, Unknown),
                (101, Unknown),
            ],
        ),
        (
            Capability::Delete,
            [
                (200, Ok),
                (204, Ok),
                (202, Retry),
                (404, Absent),
                (410, Absent),
                (401, Denied),
                (500, Retry),
                (429, Retry),
                (405, Rejected),
                (301, Unknown),
                (101, Unknown),
            ],
        ),
        (
            Capability::Gone,
            [
                (404, Absent),
                (410, Absent),
                (200, Ok),
                (204, Ok),
                (401, Denied),
                (403, Denied),
                (429, Retry),
                (503, Retry),
                (400, Unknown),
                (301, Unknown),
                (101, Unknown),
            ],
        ),
    ] {
        for (status, verdict) in expected {
            assert_eq!(decide(&Rules::plain(operation), status, ""), verdict, "{operation:?} {status}");
        }
    }
    for operation in [Capability::Reset, Capability::Disable, Capability::Enable] {
        for (status, verdict) in change {
            assert_eq!(decide(&Rules::plain(operation), status, ""), verdict, "{operation:?} {status}");
        }
    }
}

#[test]
fn whether_an_account_is_gone_can_be_said_in_two_words() {
    let rules = read(
        Capability::Gone,
        json!([
            { "status": 200, "pointer": "/totalResults", "equals": 0, "outcome": "absent" },
            { "status": 200, "pointer": "/totalResults", "equals": 1, "outcome": "exists" },
            { "status": 204, "outcome": "ok" },
        ]),
    )
    .unwrap();
    assert_eq!(decide(&rules, 200, r#"{"totalResults":0}"#), Verdict::Absent);
    assert_eq!(decide(&rules, 200, r#"{"totalResults":1}"#), Verdict::Ok);
    assert_eq!(decide(&rules, 204, ""), Verdict::Ok);
    for (status, body) in [(200, r#"{"totalResults":2}"#), (200, "[]"), (404, "")] {
        assert_eq!(decide(&rules, status, body), Verdict::Unknown, "{status} {body}");
    }
}

#[test]
fn the_first_rule_that_fits_decides() {
    let rules = read(
        Capability::Verify,
        json!([
            { "status": [200], "pointer": "/ok", "equals": true, "outcome": "ok" },
            { "status": [200, 401], "outcome": "denied" },
            { "status": "5xx", "pointer": "/error", "outcome": "absent" },
            { "pointer": "/gone", "exists": false, "status": 418, "outcome": "rejected" },
        ]),
    )
    .unwrap();
    for (status, body, verdict) in [
        (200, r#"{"ok":true}"#, Verdict::Ok),
        (200, r#"{"ok":"true"}"#, Verdict::Denied),
        (200, "no json", Verdict::Denied),
        (401, "", Verdict::Denied),
        (503, r#"{"error":null}"#, Verdict::Absent),
        (503, "{}", Verdict::Unknown),
        (418, "{}", Verdict::Rejected),
        (418, r#"{"gone":1}"#, Verdict::Unknown),
        (404, "", Verdict::Unknown),
        (429, "", Verdict::Retry),
    ] {
        assert_eq!(decide(&rules, status, body), verdict, "{status} {body}");
    }
}

#[test]
fn what_was_not_read_to_its_end_decides_nothing() {
    let rules = read(
        Capability::Verify,
        json!([
            { "status": [200], "pointer": "/ok", "equals": true, "outcome": "ok" },
            { "status": [200, 401], "outcome": "denied" },
        ]),
    )
    .unwrap();
    assert_eq!(rules.decide(&Reply::cut(200)).verdict, Verdict::Unknown);
    assert_eq!(rules.decide(&Reply::cut(401)).verdict, Verdict::Denied);
}

#[test]
fn numbers_are_compared_by_value() {
    let rules = read(Capability::Verify, json!([{ "pointer": "", "equals": 1, "outcome": "ok" }])).unwrap();
    assert_eq!(decide(&rules, 200, "1"), Verdict::Ok);
    assert_eq!(decide(&rules, 200, "1.0"), Verdict::Ok);
    assert_eq!(decide(&rules, 200, "0"), Verdict::Unknown);
}

#[test]
fn every_fault_of_a_rule_is_pointed_at() {
    let faults = read(
        Capability::Delete,
        json!([
            { "status": [20], "outcome": "ok" },
            { "status": "6xx", "outcome": "created" },
            { "equals": 1 },
            { "pointer": "ok", "outcom": "ok", "outcome": "gone" },
            5,
        ]),
    )
    .unwrap_err();
    let pointers: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/rules/0/status",
            "/rules/1/status",
            "/rules/1/outcome",
            "/rules/2/outcome",
            "/rules/2/pointer",
            "/rules/3/pointer",
            "/rules/3/outcome",
            "/rules/3/outcom",
            "/rules/4",
        ]
    );
}
