//! `POST /api/v1/debt/retry`

use std::time::Duration;

use domain::Timestamp;
use rstest::rstest;
use serde_json::json;
use server::world::Clock;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, TestPortal, Who, eventually,
};

use super::super::indebted;

const RETRY: &str = "/api/v1/debt/retry?service=stubborn";

#[rstest]
#[tokio::test]
async fn all_that_was_put_off_is_tried_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (stubborn, debt) = indebted(&portal).await;
    stubborn.now(|_| Reply::status(503).header("retry-after", "600"));
    portal.clock.advance(Duration::from_secs(60));
    let put_off = async || {
        let debt = portal.tester().get("/api/v1/debt").await.items().remove(0);
        let next: Timestamp = debt["next_attempt_at"].as_str()?.parse().unwrap();
        (next.millis_since(portal.clock.now()) > 300_000).then_some(())
    };
    eventually("the next attempt is some minutes away", put_off).await;
    assert_eq!(portal.tester().order("/api/v1/debt/retry?service=other").await.expect(202)["hurried"], 0);
    stubborn.now(|_| Reply::status(200));
    let hurry = || portal.tester().call(http::Method::POST, RETRY).key("k").send();
    assert_eq!(hurry().await.expect(202), json!({ "hurried": 1 }));
    assert_eq!(hurry().await.expect(202), json!({ "hurried": 0 }), "once for each key");
    portal.tester().account_once("revoked", &debt["account"]).await;
    let hurried = portal.events("action=enrollment_hurried").await;
    assert_eq!((hurried.len(), &hurried[0]["account"]), (1, &debt["account"]));
}

#[rstest]
#[tokio::test]
async fn it_concerns_what_one_may_clean_up(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (_stubborn, _debt) = indebted(&portal).await;
    assert_eq!(portal.second_tester().order(RETRY).await.expect(202)["hurried"], 0);
    portal.narrowed(Who::Tester, &["accounts:read"]).await.order(RETRY).await.problem(403, "forbidden");
    assert_eq!(portal.tester().order("/api/v1/debt/retry?service=No").await.invalid_fields(), ["/service"]);
    portal.manager().order("/api/v1/debt/retry").await.expect(202);
}
