//! `GET /api/v1/accounts`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Api,
    Database::{self, Postgres, Sqlite},
    SANDBOX, Sandbox, TestPortal, Who, article_service, assert_has, sorted,
};

use super::ACCOUNT;

const ACCOUNTS: &str = "/api/v1/accounts";

async fn request(api: &Api, more: Value) -> String {
    let mut body = json!({ "services": [SANDBOX] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api.post(ACCOUNTS, &body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn pages_follow_each_other_newest_first_without_gaps_or_doubles(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let api = portal.tester();
    let mut requested = Vec::new();
    for _ in 0..7 {
        requested.push(request(&api, json!({})).await);
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for length in [3, 3, 1] {
        let page = api.get(&format!("{ACCOUNTS}?limit=3{cursor}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), length);
        items.iter().for_each(|account| assert_has(account, &ACCOUNT));
        assert!(items.iter().all(|account| account.get("credentials").is_none()));
        seen.extend(items.iter().map(|account| account["id"].as_str().unwrap().to_owned()));
        // What comes meanwhile is newer, and moves nothing.
        request(&api, json!({})).await;
        cursor = page["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!(cursor, "", "the last page says that it is the last");
    requested.reverse();
    assert_eq!(seen, requested);
}

#[rstest]
#[tokio::test]
async fn filters_find_what_they_say_and_nothing_else(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let other = Sandbox::start().await;
    portal.register(&article_service("orders", &other.0.url())).await;
    let (tester, second) = (portal.tester(), portal.second_tester());
    let a = request(&tester, json!({ "run": "ci:1", "labels": { "suite": "a:b" }, "hint": "ann" })).await;
    let b = request(&tester, json!({ "services": ["orders"], "ticket": "SHOP-7", "hint": "bob" })).await;
    let c = request(&second, json!({ "run": "ci:2", "labels": { "suite": "c" } })).await;
    tester.delete(&format!("{ACCOUNTS}/{b}")).await.expect(200);
    let (a, b, c) = (a.as_str(), b.as_str(), c.as_str());
    for (query, expected) in [
        ("", vec![a, b, c]),
        ("state=active", vec![a, c]),
        ("state=revoked", vec![b]),
        ("state=failed", vec![]),
        ("service=orders", vec![b]),
        ("service=nobodys", vec![]),
        ("run=ci:1", vec![a]),
        ("run=ci", vec![]),
        ("label=suite:a:b", vec![a]),
        ("label=suite:c", vec![c]),
        ("label=suite:x", vec![]),
        ("requested_by=second-tester", vec![c]),
        ("holder=tester", vec![a, b]),
        ("q=test_ann", vec![a]),
        ("q=TEST_", vec![a, b, c]),
        ("q=SHOP-7", vec![b]),
        ("q=SHOP", vec![]),
        ("state=active&holder=tester&q=test_ann", vec![a]),
        ("state=&service=&q=", vec![a, b, c]),
    ] {
        let items = portal.admin().get(&format!("{ACCOUNTS}?{query}")).await.items();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        expected.sort();
        assert_eq!(sorted(&items, "id"), expected, "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn everybody_sees_what_is_theirs_to_see(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let own = request(&portal.tester(), json!({})).await;
    let others = request(&portal.second_tester(), json!({})).await;
    let both = [own.as_str(), others.as_str()];
    for (who, expected) in [
        (Who::Tester, &both[..1]),
        (Who::SecondTester, &both[1..]),
        (Who::Manager, &both),
        (Who::Admin, &both),
    ] {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(sorted(&portal.api(who).get(ACCOUNTS).await.items(), "id"), expected, "{who:?}");
    }
    let blind = portal.narrowed(Who::Tester, &["accounts:write"]).await;
    blind.get(ACCOUNTS).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused() {
    let portal = TestPortal::start(Sqlite).await;
    for (query, pointer) in [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=-1", "/limit"),
        ("limit=many", "/limit"),
        ("limit=", "/limit"),
        ("cursor=", "/cursor"),
        ("cursor=nonsense", "/cursor"),
        ("state=gone", "/state"),
        ("service=No%20Slug", "/service"),
        ("label=suite", "/label"),
        ("label=a%20b:c", "/label"),
        ("run=%00", "/run"),
        ("holder=Not%20a%20login", "/holder"),
        ("requested_by=a%20b", "/requested_by"),
        ("sate=active", "/sate"),
        ("state=active&state=failed", "/state"),
        ("offset=10", "/offset"),
    ] {
        let answer = portal.tester().get(&format!("{ACCOUNTS}?{query}")).await;
        assert_eq!(answer.invalid_fields(), [pointer], "{query}");
    }
    for fine in ["limit=1", "limit=200"] {
        portal.tester().get(&format!("{ACCOUNTS}?{fine}")).await.expect(200);
    }
}
