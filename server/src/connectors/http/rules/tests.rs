use domain::problem::Checks;
use serde_json::json;

use super::*;

fn read(operation: Capability, rules: Value) -> Result<Rules, Vec<(String, String)>> {
    let mut checks = Checks::new();
    let mut table = Table::open(json!({ "rules": rules }), "", &mut checks).unwrap();
    let rules = Rules::read(&mut table, Purpose::Of(operation));
    table.close();
    let problem = checks.finish().map(|()| rules);
    problem.map_err(|problem| problem.errors.into_iter().map(|e| (e.pointer, e.detail)).collect())
}

fn plain(operation: Capability) -> Rules {
    Rules { own: Vec::new(), usual: Rules::usual(Purpose::Of(operation)), named: Some(Statuses::none()) }
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
            assert_eq!(decide(&plain(operation), status, ""), verdict, "{operation:?} {status}");
        }
    }
    for operation in [Capability::Reset, Capability::Disable, Capability::Enable] {
        for (status, verdict) in change {
            assert_eq!(decide(&plain(operation), status, ""), verdict, "{operation:?} {status}");
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
    for (status, body) in [(200, r#"{"totalResults":2}"#), (200, "[]")] {
        assert_eq!(decide(&rules, status, body), Verdict::Unknown, "{status} {body}");
    }
    assert_eq!(decide(&rules, 404, ""), Verdict::Absent, "which is usual, and no rule names it");
}

#[test]
fn statuses_that_no_rule_names_keep_their_usual_meaning() {
    let rules = read(Capability::Verify, json!([{ "status": 404, "outcome": "denied" }])).unwrap();
    for (status, verdict) in
        [(404, Verdict::Denied), (200, Verdict::Ok), (401, Verdict::Denied), (500, Verdict::Retry)]
    {
        assert_eq!(decide(&rules, status, ""), verdict, "{status}");
    }
    let rules = read(
        Capability::Create,
        json!([{ "status": "2xx", "pointer": "/ok", "equals": 1, "outcome": "ok" }]),
    );
    let rules = rules.unwrap();
    assert_eq!(decide(&rules, 200, r#"{"ok":1}"#), Verdict::Created);
    assert_eq!(decide(&rules, 201, r#"{"ok":0}"#), Verdict::Unknown, "its own rule is about that status");
    assert_eq!(decide(&rules, 409, ""), Verdict::Exists);
    let any = read(Capability::Create, json!([{ "pointer": "/ok", "equals": 1, "outcome": "ok" }])).unwrap();
    assert_eq!(decide(&any, 200, "{}"), Verdict::Unknown, "a rule without a status is about all of them");
    assert_eq!(decide(&any, 429, "{}"), Verdict::Retry);
}

#[test]
fn rules_look_at_texts_headers_and_media_types() {
    let rules = read(
        Capability::Verify,
        json!([
            { "body": { "equals": "1" }, "outcome": "ok" },
            { "body": { "contains": "no such user" }, "outcome": "absent" },
            { "body": { "matches": "^(?i)denied" }, "outcome": "denied" },
            { "content_type": "text/html", "outcome": "rejected" },
            { "header": { "name": "X-Busy" }, "outcome": "retry" },
            { "header": { "name": "location", "matches": "/error$" }, "outcome": "denied" },
            { "pointer": "/code", "matches": "^E[0-9]+$", "outcome": "denied" },
        ]),
    )
    .unwrap();
    let with = |header: &'static str, value: &'static str, body: &str| {
        rules.decide(&Reply::of(200, body).with_header(header, value)).verdict
    };
    for (body, verdict) in [
        (" 1\n", Verdict::Ok),
        ("0", Verdict::Unknown),
        ("there is no such user here", Verdict::Absent),
        ("Denied.", Verdict::Denied),
        (r#"{"code":"E12"}"#, Verdict::Denied),
        (r#"{"code":"W12"}"#, Verdict::Unknown),
    ] {
        assert_eq!(decide(&rules, 200, body), verdict, "{body}");
    }
    assert_eq!(with("content-type", "Text/HTML; charset=utf-8", "<p>"), Verdict::Rejected);
    assert_eq!(with("x-busy", "yes", ""), Verdict::Retry);
    assert_eq!(with("location", "http://x/error", ""), Verdict::Denied);
    assert_eq!(with("location", "http://x/fine", ""), Verdict::Unknown);
}

#[test]
fn a_rule_says_what_it_saw_but_never_the_body_s_text() {
    let rules = read(
        Capability::Verify,
        json!([
            { "body": { "contains": "yes" }, "outcome": "ok" },
            { "header": { "name": "x-verdict", "equals": "no" }, "outcome": "denied" },
        ]),
    )
    .unwrap();
    let redaction = Redaction::of([&domain::secret::Secret::new("hunter2".to_owned())]);
    let finding = |reply: Reply| {
        let rule = rules.decide(&reply).by.unwrap();
        rule.finding(&reply, &redaction)
    };
    assert_eq!(finding(Reply::of(200, "yes, hunter2")).unwrap(), "the body is as a rule expects");
    assert_eq!(finding(Reply::of(200, "so what")).unwrap(), "the body is not as a rule expects");
    let told = Reply::of(200, "").with_header("x-verdict", "no");
    assert_eq!(finding(told).unwrap(), "x-verdict is no");
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
        (503, r#"{"error":"x"}"#, Verdict::Absent),
        (503, r#"{"error":null}"#, Verdict::Unknown),
        (503, "{}", Verdict::Unknown),
        (418, "{}", Verdict::Rejected),
        (418, r#"{"gone":1}"#, Verdict::Unknown),
        (404, "", Verdict::Rejected),
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

/// Rules that are refused, each for another reason.
pub fn broken() -> Value {
    json!([
            { "status": [20], "outcome": "ok" },
            { "status": "6xx", "outcome": "created" },
            { "equals": 1 },
            { "pointer": "ok", "outcom": "ok", "outcome": "gone" },
            5,
            { "body": "yes", "outcome": "ok" },
            { "body": {}, "outcome": "ok" },
            { "pointer": "/a", "equals": 1, "matches": "1", "outcome": "ok" },
            { "header": { "name": "a b" }, "outcome": "ok" },
            { "pointer": "/a", "matches": "(", "outcome": "ok" },
    ])
}

#[test]
fn every_fault_of_a_rule_is_pointed_at() {
    let faults = read(Capability::Delete, broken()).unwrap_err();
    let pointers: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/rules/0/status",
            "/rules/1/status",
            "/rules/1/outcome",
            "/rules/2/pointer",
            "/rules/2/outcome",
            "/rules/3/pointer",
            "/rules/3/outcome",
            "/rules/3/outcom",
            "/rules/4",
            "/rules/5/body",
            "/rules/6/body",
            "/rules/7",
            "/rules/8/header/name",
            "/rules/9/matches",
        ]
    );
}
