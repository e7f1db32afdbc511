//! `GET /metrics`

use std::time::Duration;

use http::Method;
use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal,
};

#[rstest]
#[tokio::test]
async fn prometheus_reads_what_lives_what_is_owed_and_how_calls_went(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let clinging =
        ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 500 } else { 200 })).await;
    portal.register_scripted("clinging", &clinging).await;
    portal.tester().new_account().await;
    let wanted = serde_json::json!({ "services": ["clinging"] });
    let stuck = portal.tester().post("/api/v1/accounts", &wanted).await.expect(201)["id"].clone();
    let path = format!("/api/v1/accounts/{}", stuck.as_str().unwrap());
    portal.tester().call(Method::DELETE, &path).header("prefer", "respond-async").send().await.expect(202);
    let failed = async || portal.events("action=enrollment_postponed").await.pop();
    tests::eventually("a removal failed", failed).await;
    portal.seal().await;
    portal.clock.advance(Duration::from_secs(100));

    let answer = portal.anonymous().get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let measured = |name: &str| {
        let value = answer.text.lines().find_map(|line| line.strip_prefix(name));
        value.unwrap_or_else(|| panic!("{name}:\n{}", answer.text)).trim().parse::<f64>().unwrap()
    };
    let in_state = |service: &str, state: &str| {
        measured(&format!("understudy_accounts{{service=\"{service}\",state=\"{state}\"}}"))
    };
    assert_eq!((in_state(SANDBOX, "active"), in_state("clinging", "revoking")), (1.0, 1.0));
    assert_eq!(measured("understudy_debt{service=\"clinging\"}"), 1.0);
    let age = measured("understudy_debt_oldest_seconds{service=\"clinging\"}");
    assert!((100.0..160.0).contains(&age), "{age}");
    assert_eq!(measured("understudy_queue_due ") + measured("understudy_queue_waiting "), 1.0);
    measured("understudy_unsealed_events ");
    measured("understudy_seal_lag_seconds ");
    for name in ["test_", stuck.as_str().unwrap()] {
        assert!(!answer.text.contains(name), "metrics name no account");
    }
    let calls = |line: &&str| {
        line.starts_with("understudy_target_call_seconds_count") && line.contains("service=\"clinging\"")
    };
    assert!(answer.text.lines().any(|line| calls(&line)), "{}", answer.text);
}
