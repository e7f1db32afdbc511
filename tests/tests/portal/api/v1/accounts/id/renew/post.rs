//! `POST /api/v1/accounts/{id}/renew`

use domain::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, Who,
};

fn end(account: &Value) -> Timestamp {
    account["expires_at"].as_str().unwrap().parse().unwrap()
}

fn renew_of(account: &Value) -> String {
    format!("/api/v1/accounts/{}/renew", account["id"].as_str().unwrap())
}

#[rstest]
#[tokio::test]
async fn the_lease_becomes_longer_and_never_shorter(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let longer = portal.tester().post(&renew_of(&account), &json!({ "ttl": "3h" })).await.expect(200);
    let gained = end(&longer).millis_since(end(&account));
    assert!((7_200_000..7_260_000).contains(&gained), "{gained}");
    for shorter in [json!("1s"), json!(60), json!("2h")] {
        let same = portal.tester().post(&renew_of(&account), &json!({ "ttl": shorter })).await.expect(200);
        assert_eq!(end(&same), end(&longer), "{shorter}");
    }
}

#[rstest]
#[tokio::test]
async fn past_the_policys_cap_it_is_refused(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    portal.tester().post(&renew_of(&account), &json!({ "ttl": "7d" })).await.expect(200);
    let refused = portal.tester().post(&renew_of(&account), &json!({ "ttl": "169h" })).await;
    assert_eq!(refused.invalid_fields(), ["/ttl"]);
}

#[tokio::test]
async fn what_is_no_time_is_pointed_at() {
    let portal = TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    for body in [json!({}), json!({ "ttl": "soon" }), json!({ "ttl": 0 }), json!({ "ttl": null })] {
        assert_eq!(
            portal.tester().post(&renew_of(&account), &body).await.invalid_fields(),
            ["/ttl"],
            "{body}"
        );
    }
    let unknown = portal.tester().post(&renew_of(&account), &json!({ "ttl": "1h", "for": "ever" })).await;
    assert_eq!(unknown.invalid_fields(), ["/for"]);
}

#[rstest]
#[tokio::test]
async fn its_holder_and_managers_may_and_only_while_it_is_leased(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = renew_of(&account);
    let hour = json!({ "ttl": "1h" });
    portal.second_tester().post(&path, &hour).await.problem(404, "not_found");
    portal.manager().post(&path, &hour).await.expect(200);
    let reader = portal.narrowed(Who::Tester, &["accounts:read"]).await;
    reader.post(&path, &hour).await.problem(403, "forbidden");
    portal.tester().delete(path.trim_end_matches("/renew")).await.expect(200);
    portal.tester().post(&path, &hour).await.problem(409, "conflict");
}
