//! Nothing grows with the number of accounts that have ended.

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Raw, TestPortal,
};

/// Which index serves which query, as the migrations name them.
const SERVED_BY: [(&str, &[&str]); 9] = [
    ("what is due", &["enrollments_due"]),
    ("leases that ran out", &["accounts_leased"]),
    ("creations that took too long", &["accounts_provisioning"]),
    ("requests that lapsed", &["accounts_waiting"]),
    ("everybody's accounts", &["accounts_pkey", "sqlite_autoindex_accounts"]),
    ("a tester's accounts", &["accounts_by_holder_id", "accounts_by_requested_by_login_id", "accounts_pkey"]),
    ("a team's accounts", &["accounts_by_team_id", "accounts_pkey"]),
    ("what should be gone", &["enrollments_removing"]),
    ("batches", &["batches_pkey", "sqlite_autoindex_batches"]),
];

#[rstest]
#[tokio::test]
async fn every_query_that_runs_by_itself_and_every_list_is_read_off_an_index(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let id = portal.tester().new_account().await["id"].clone();
    let path = format!("/api/v1/accounts/{}", id.as_str().unwrap());
    portal.tester().delete(&path).await.expect(200);
    portal.tester().new_account().await;
    end_many_more(&portal.raw().await, database).await;
    let plans = portal.plans().await;
    for (query, plan) in &plans {
        let (_, indexes) = SERVED_BY.iter().find(|(of, _)| of == query).unwrap();
        assert!(indexes.iter().any(|index| plan.contains(index)), "{query}:\n{plan}");
        for scan in ["Seq Scan", "SCAN accounts\n", "SCAN enrollments\n", "Sort"] {
            // What is due belongs to living accounts only.
            let is_small = query.contains("tester") || (query.contains("due") && scan == "Sort");
            assert!(!format!("{plan}\n").contains(scan) || is_small, "{query}:\n{plan}");
        }
    }
    assert_eq!(plans.len(), SERVED_BY.len());
}

/// Twenty thousand accounts more that are like the one that has ended.
async fn end_many_more(raw: &Raw, database: Database) {
    let (numbers, id) = match database {
        Sqlite => (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
             SELECT i FROM n",
            "randomblob(16)",
        ),
        Postgres => ("SELECT generate_series(1, 20000) AS i", "gen_random_uuid()"),
    };
    let columns = raw.columns("accounts").await;
    let copied: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => id.to_owned(),
            "username" => "a.username || n.i".to_owned(),
            other => format!("a.{other}"),
        })
        .collect();
    let (columns, copied) = (columns.join(", "), copied.join(", "));
    let insert = format!(
        "INSERT INTO accounts ({columns}) SELECT {copied} FROM accounts a, ({numbers}) n \
         WHERE a.state = 'revoked'"
    );
    assert_eq!(raw.execute(&insert).await.unwrap(), 20_000);
    let columns = raw.columns("enrollments").await;
    let copied: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => id.to_owned(),
            "account_id" => "a.id".to_owned(),
            "username" => "a.username".to_owned(),
            other => format!("e.{other}"),
        })
        .collect();
    let (columns, copied) = (columns.join(", "), copied.join(", "));
    let insert = format!(
        "INSERT INTO enrollments ({columns}) SELECT {copied} FROM accounts a, enrollments e \
         WHERE a.state = 'revoked' AND e.state = 'removed' AND a.username <> e.username"
    );
    assert_eq!(raw.execute(&insert).await.unwrap(), 20_000);
    raw.execute("ANALYZE").await.unwrap();
}
