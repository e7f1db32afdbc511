//! Every route and server function there is has its cases: what it is to
//! somebody without credentials, to somebody who may not, and in the audit.
//! Each is driven for real.

mod case;
mod matrix;
mod table;

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;
use tests::{
    Answer,
    Database::{self, Postgres, Sqlite},
};

use self::case::{Anonymous, Audited, Case, Forbidden, Stage};

#[test]
fn the_table_names_every_route_and_no_other() {
    let named: Vec<(String, String)> = table::cases().iter().map(Case::route).collect();
    let unique: BTreeSet<_> = named.iter().cloned().collect();
    assert_eq!(named.len(), unique.len(), "a route is named twice");
    let there: BTreeSet<(String, String)> =
        server::http::routes().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    let without_cases: Vec<_> = there.difference(&unique).collect();
    assert!(without_cases.is_empty(), "routes without cases: {without_cases:?}");
    let gone: Vec<_> = unique.difference(&there).collect();
    assert!(gone.is_empty(), "cases of routes that are gone: {gone:?}");
}

#[rstest]
#[tokio::test]
async fn somebody_without_credentials_gets_nowhere_unless_that_is_meant(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let stage = Stage::set(database).await;
    for case in table::cases() {
        let answer = case.send(&stage, None).await;
        let route = case.route();
        match case.anonymous {
            Anonymous::Refused => drop(answer.problem(401, "unauthenticated")),
            Anonymous::SentToSignIn => {
                assert_eq!(answer.status, 303, "{route:?}");
                assert!(answer.header("location").starts_with("/sign-in?then="), "{route:?}");
            }
            Anonymous::Welcome(why) => assert!(answer.status < 400, "{route:?} {why}: {answer:?}"),
        }
    }
}

#[rstest]
#[tokio::test]
async fn somebody_who_may_not_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let stage = Stage::set(database).await;
    for case in table::cases() {
        let route = case.route();
        let Forbidden::To(actor, status) = case.forbidden.expect("a case says to whom it is forbidden")
        else {
            continue;
        };
        let answer = case.send(&stage, Some(actor)).await;
        assert_eq!(answer.status, status, "{route:?}: {answer:?}");
        let actions = actions(&stage.portal.admin().all("/api/v1/events").await, &answer);
        // What one may not see is not there, and nothing to write home about.
        let expected: &[&str] = if status == 403 { &["refused"] } else { &[] };
        assert_eq!(actions, expected, "{route:?}");
    }
}

#[rstest]
#[tokio::test]
async fn what_changes_something_is_in_the_audit_and_what_reads_is_not(
    #[values(Sqlite, Postgres)] database: Database,
) {
    for case in table::cases() {
        assert!(case.audited.is_some(), "{:?} has no audit case", case.route());
    }
    let mut stage = Stage::set(database).await;
    for case in table::cases() {
        let route = case.route();
        let answer = case.send(&stage, Some(case.by)).await;
        assert!(answer.status < 400, "{route:?}: {answer:?}");
        let actions = actions(&stage.portal.admin().all("/api/v1/events").await, &answer);
        match case.audited {
            Some(Audited::As(action)) => {
                assert_eq!(actions.first().map(String::as_str), Some(action), "{route:?}")
            }
            Some(Audited::NotAtAll(_)) | None => assert!(actions.is_empty(), "{route:?}: {actions:?}"),
        }
        stage.renew(&case).await;
    }
}

/// What happened in the request with that answer, by name.
fn actions(events: &[Value], answer: &Answer) -> Vec<String> {
    let request = answer.header("x-request-id");
    assert!(!request.is_empty());
    let of_request = events.iter().filter(|event| event["request_id"] == request);
    of_request.map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}
