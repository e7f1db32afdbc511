//! `GET /api/v1/events/export`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer,
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who,
};

const EXPORT: &str = "/api/v1/events/export";

fn lines(answer: &Answer) -> Vec<Value> {
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn ndjson_holds_every_event_with_its_seal_the_oldest_first(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    portal.tester().new_account().await;
    let events = portal.events("").await;
    let answer = portal.admin().get(EXPORT).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"understudy-audit.ndjson\"");
    let mut lines = lines(&answer);
    let seqs: Vec<u64> = lines.iter().map(|line| line["seal"]["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=lines.len() as u64).collect::<Vec<_>>());
    // What was sealed together stands in the order of its ids, as in the list.
    lines.retain(|line| !["audit_read", "audit_exported"].contains(&line["action"].as_str().unwrap()));
    lines.iter_mut().for_each(|line| drop(line.as_object_mut().unwrap().remove("seal")));
    assert_eq!(lines, events);
}

#[rstest]
#[tokio::test]
async fn csv_is_safe_for_spreadsheets(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let formula = "=HYPERLINK(\"http://evil\")";
    let wanted = json!({ "services": [SANDBOX], "run": formula });
    portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
    let answer = portal.admin().get(&format!("{EXPORT}?format=csv&action=account_requested")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    let rows: Vec<&str> = answer.text.lines().collect();
    assert!(rows[0].starts_with("at,action,actor_kind,actor_login,"), "{}", rows[0]);
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[1].contains("account_requested,token,tester,"), "{}", rows[1]);
    assert!(rows[1].contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{}", rows[1]);
}

#[tokio::test]
async fn filters_and_the_team_decide_what_is_in_it() {
    let portal = TestPortal::start(Sqlite).await;
    portal.tester().new_account().await;
    let of_tester = lines(&portal.manager().get(&format!("{EXPORT}?actor=tester")).await);
    assert!(!of_tester.is_empty() && of_tester.iter().all(|line| line["actor"]["login"] == "tester"));
    let nobody = portal.manager().get(&format!("{EXPORT}?actor=nobody")).await;
    assert_eq!((nobody.status, nobody.text.as_str()), (200, ""));
    let answer = portal.manager().get(&format!("{EXPORT}?format=xml")).await;
    answer.problem(422, "invalid");
    assert_eq!(portal.admin().get(&format!("{EXPORT}?acter=x")).await.invalid_fields(), ["/acter"]);
    let narrowed = portal.narrowed(Who::Admin, &["accounts:read"]).await;
    narrowed.get(EXPORT).await.problem(403, "forbidden");
}

#[tokio::test]
async fn it_is_longer_than_one_page_and_its_taking_is_on_record() {
    let portal = TestPortal::start(Sqlite).await;
    for tester in [portal.tester(), portal.second_tester()] {
        let wanted = json!({ "services": [SANDBOX], "count": 100 });
        let batch = tester.post("/api/v1/accounts", &wanted).await.expect(202);
        tester.batch_once_finished(&batch["id"]).await;
    }
    let taken = lines(&portal.admin().get(EXPORT).await);
    assert!(taken.len() > 501, "{}", taken.len());
    let ids: std::collections::BTreeSet<_> = taken.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!(ids.len(), taken.len());
    let exported = portal.events("action=audit_exported").await;
    assert_eq!((exported.len(), &exported[0]["actor"]["login"]), (1, &json!("admin")));
}
