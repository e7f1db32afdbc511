//! `GET /metrics`

use std::time::Duration;

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal,
};

use crate::pages::stuck_account;

#[rstest]
#[tokio::test]
async fn prometheus_reads_what_lives_what_is_owed_and_how_calls_went(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    let (stuck, _service) = stuck_account(&portal).await;
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
    assert_eq!((in_state(SANDBOX, "active"), in_state("stuck", "revoking")), (1.0, 1.0));
    assert_eq!(measured("understudy_debt{service=\"stuck\"}"), 1.0);
    assert_eq!(measured(&format!("understudy_service_up{{service=\"{SANDBOX}\"}}")), 1.0);
    let age = measured("understudy_debt_oldest_seconds{service=\"stuck\"}");
    assert!((100.0..160.0).contains(&age), "{age}");
    assert_eq!(measured("understudy_queue_due ") + measured("understudy_queue_waiting "), 1.0);
    measured("understudy_unsealed_events ");
    measured("understudy_seal_lag_seconds ");
    for name in ["test_", stuck["id"].as_str().unwrap()] {
        assert!(!answer.text.contains(name), "metrics name no account");
    }
    let calls = |line: &&str| {
        line.starts_with("understudy_target_call_seconds_count") && line.contains("service=\"stuck\"")
    };
    assert!(answer.text.lines().any(|line| calls(&line)), "{}", answer.text);
}
