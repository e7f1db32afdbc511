//! `GET /api/v1/approvals`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal,
};

const APPROVALS: &str = "/api/v1/approvals";

#[rstest]
#[tokio::test]
async fn requests_of_a_batch_are_one(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start_guarded(database).await;
    let request = async |count: u32| {
        let wanted = json!({ "services": [SANDBOX], "count": count });
        portal.tester().post("/api/v1/accounts", &wanted).await.expect(202)
    };
    let (alone, three, two) = (request(1).await, request(3).await, request(2).await);
    let waiting = portal.manager().get(APPROVALS).await.items();
    let batches: Vec<_> = waiting.iter().map(|waiting| waiting["batch"]["id"].clone()).collect();
    assert_eq!(batches, [two["id"].clone(), three["id"].clone(), json!(null)], "newest first");
    assert_eq!((&waiting[2]["account"]["id"], &waiting[1]["batch"]["waiting"]), (&alone["id"], &json!(3)));
    assert_eq!(waiting[1]["account"]["batch"], three["id"]);
    let page = portal.manager().get(&format!("{APPROVALS}?limit=2")).await;
    let rest = format!("{APPROVALS}?cursor={}", page.json()["next"].as_str().unwrap());
    assert_eq!(portal.manager().get(&rest).await.items(), waiting[2..]);
    // The one that stood for its batch is decided on: another does.
    let reason = json!({ "reason": "two will do" });
    portal.manager().act(&waiting[1]["account"]["id"], "deny", &reason).await.expect(200);
    let waiting = portal.manager().get(APPROVALS).await.items();
    assert_eq!((waiting.len(), &waiting[1]["batch"]["waiting"]), (3, &json!(2)));
    assert_eq!(portal.tester().get(APPROVALS).await.items().len(), 3);
    assert!(portal.second_tester().get(APPROVALS).await.items().is_empty());
}
