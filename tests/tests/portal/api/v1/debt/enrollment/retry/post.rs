//! `POST /api/v1/debt/{enrollment}/retry`

use std::time::Duration;

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, TestPortal, Who,
};

use super::super::super::indebted;

#[rstest]
#[tokio::test]
async fn the_next_attempt_is_made_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (stubborn, debt) = indebted(&portal).await;
    // By now the next attempt is some minutes away.
    for _ in 0..12 {
        portal.clock.advance(Duration::from_secs(900));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stubborn.now(|_| Reply::status(200));
    let path = format!("/api/v1/debt/{}/retry", debt["enrollment"].as_str().unwrap());
    let answer = portal.tester().order(&path).await;
    assert_eq!(answer.expect(202)["enrollment"], debt["enrollment"]);
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", debt["account"].as_str().unwrap()));
    portal.tester().account_once("revoked", &debt["account"]).await;
    portal.tester().order(&path).await.problem(409, "conflict");
}

#[rstest]
#[tokio::test]
async fn is_only_for_who_sees_it_and_may_write(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let (_stubborn, debt) = indebted(&portal).await;
    let path = format!("/api/v1/debt/{}/retry", debt["enrollment"].as_str().unwrap());
    portal.second_tester().order(&path).await.problem(404, "not_found");
    portal.narrowed(Who::Tester, &["accounts:read"]).await.order(&path).await.problem(403, "forbidden");
    portal.tester().order("/api/v1/debt/nonsense/retry").await.problem(404, "not_found");
    portal.manager().order(&path).await.expect(202);
}
