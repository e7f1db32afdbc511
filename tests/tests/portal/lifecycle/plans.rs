//! Nothing grows with the number of accounts that have ended.

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Raw, SANDBOX, TestPortal,
};

/// Which index serves which query, as the migrations name them.
const SERVED_BY: [(&str, &[&str]); 17] = [
    ("what is due", &["enrollments_due"]),
    ("leases that ran out", &["accounts_leased"]),
    ("creations that took too long", &["accounts_provisioning"]),
    ("requests that lapsed", &["accounts_waiting"]),
    ("everybody's accounts", &["accounts_pkey", "sqlite_autoindex_accounts"]),
    ("a tester's accounts", &["accounts_by_holder_id", "accounts_by_requested_by_login_id", "accounts_pkey"]),
    (
        "a team's accounts",
        &[
            "accounts_by_team_id",
            "accounts_by_holder_id",
            "accounts_by_requested_by_login_id",
            "accounts_pkey",
        ],
    ),
    ("what somebody holds", &["enrollments_held"]),
    ("what should be gone", &["enrollments_removing"]),
    ("requests that wait", &["accounts_waiting", "accounts_by_state_id"]),
    (
        "requests on a service",
        &["accounts_waiting_of_batch", "accounts_by_state_id", "enrollments_living_by_service"],
    ),
    ("batches", &["batches_pkey", "sqlite_autoindex_batches"]),
    ("what lives on a service", &["enrollments_held", "enrollments_living_by_service"]),
    ("who bears a name on a service", &["enrollments_by_service_id_username"]),
    ("what a sweep saw before", &["drift_standing"]),
    ("drift", &["drift_shown"]),
    ("a team's drift", &["drift_shown"]),
];

#[rstest]
#[tokio::test]
async fn every_query_that_runs_by_itself_and_every_list_is_read_off_an_index(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let path = format!("/api/v1/accounts/{}", id.as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    let two = json!({ "services": [SANDBOX], "count": 2 });
    let batch = portal.tester().post("/api/v1/accounts", &two).await.expect(202);
    portal.tester().batch_once_finished(&batch["id"]).await;
    drift_that_is_over(&portal).await;
    end_many_more(&portal.raw().await, database).await;
    let plans = portal.plans().await;
    for (query, plan) in &plans {
        let (_, indexes) = SERVED_BY.iter().find(|(of, _)| of == query).unwrap();
        // What is looked at beside each row does not find the rows.
        let finds: String = plan.lines().filter(|line| !line.contains(" later")).collect();
        assert!(indexes.iter().any(|index| finds.contains(index)), "{query}:\n{plan}");
        for scan in ["Seq Scan", "SCAN accounts\n", "SCAN enrollments\n", "SCAN batches\n", "SCAN drift\n"] {
            assert!(!format!("{plan}\n").contains(scan), "{query}:\n{plan}");
        }
        // What is due is little while it is worked off, and so is what waits: as
        // few rows may be sorted.
        let may_sort = ["what is due", "requests that wait", "requests on a service"].contains(query);
        for sort in ["Sort", "TEMP B-TREE"] {
            assert!(may_sort || !plan.contains(sort), "{query}:\n{plan}");
        }
    }
    for (query, _) in SERVED_BY {
        assert!(plans.iter().any(|(of, _)| *of == query), "{query}");
    }
}

/// Something that one sweep has seen, and the next one has not.
async fn drift_that_is_over(portal: &TestPortal) {
    let sweep =
        || async { portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200) };
    portal.sandbox.create("test_stranger", "secret").await;
    sweep().await;
    portal.sandbox.delete("test_stranger").await;
    sweep().await;
}

/// Twenty thousand accounts, batches and differences more that are like those which ended.
async fn end_many_more(raw: &Raw, database: Database) {
    let (numbers, id) = match database {
        Sqlite => (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
             SELECT i FROM n",
            "randomblob(16)",
        ),
        Postgres => ("SELECT generate_series(1, 20000) AS i", "gen_random_uuid()"),
    };
    let accounts = [("id", id), ("username", "t.username || n.i")];
    copy(raw, "accounts", &accounts, &format!("({numbers}) n WHERE t.state = 'revoked'")).await;
    let enrollments = [("id", id), ("account_id", "a.id"), ("username", "a.username")];
    let others = "accounts a WHERE a.state = 'revoked' AND t.state = 'removed' AND a.id <> t.account_id";
    copy(raw, "enrollments", &enrollments, others).await;
    copy(raw, "drift", &[("id", id)], &format!("({numbers}) n")).await;
    copy(raw, "batches", &[("id", id)], &format!("({numbers}) n")).await;
    if database == Postgres {
        // As its own housekeeping does now and then; SQLite has none.
        raw.execute("ANALYZE").await.unwrap();
    }
}

/// Copies the rows of a table, each with other values in some columns.
async fn copy(raw: &Raw, table: &str, changes: &[(&str, &str)], others: &str) {
    let columns = raw.columns(table).await;
    let value = |column: &String| match changes.iter().find(|(changed, _)| changed == column) {
        Some((_, value)) => (*value).to_owned(),
        None => format!("t.{column}"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    let insert = format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, {others}");
    assert_eq!(raw.execute(&insert).await.unwrap(), 20_000);
}
