//! Many accounts at a time.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, article_service,
};

#[rstest]
#[tokio::test]
async fn no_more_calls_run_at_a_time_than_the_policy_allows(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = ScriptedTarget::start(|_| Reply::status(200).after(Duration::from_millis(50))).await;
    let mut table = article_service("narrow", &service.target.url());
    table["policy"] = json!({ "concurrency": 2 });
    portal.register(&table).await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(portal.tester().new_account_later("narrow").await["id"].clone());
    }
    for id in &ids {
        portal.tester().account_once("active", id).await;
    }
    assert_eq!(service.most_at_once(), 2);
}

#[rstest]
#[tokio::test]
async fn many_who_act_at_once_all_get_their_answer(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let account = portal.tester().new_account().await;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let calls: Vec<_> = (0..60)
        .map(|nth| {
            let (api, path) = (portal.tester(), path.clone());
            tokio::spawn(async move {
                match nth % 3 {
                    0 => api.order(&format!("{path}/reveal")).await,
                    1 => api.post(&format!("{path}/renew"), &json!({ "ttl": "2h" })).await,
                    _ => api.get(&format!("{path}/history")).await,
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().expect(200);
    }
    assert_eq!(portal.events("action=account_revealed").await.len(), 21);
}

#[rstest]
#[tokio::test]
async fn a_service_that_hangs_does_not_hold_up_another(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let hanging = ScriptedTarget::start(|_| Reply::status(200).after(Duration::from_secs(600))).await;
    portal.register_scripted("hanging", &hanging).await;
    for _ in 0..20 {
        portal.tester().new_account_later("hanging").await;
    }
    portal.tester().new_account().await;
    assert_eq!(portal.tester().get(&format!("/api/v1/accounts?service={SANDBOX}")).await.items().len(), 1);
}
