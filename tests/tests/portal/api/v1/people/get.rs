//! `GET /api/v1/people`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, assert_has,
};

use super::PERSON;

#[rstest]
#[tokio::test]
async fn lists_everybody_newest_first(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let people = portal.admin().get("/api/v1/people").await.items();
    people.iter().for_each(|person| assert_has(person, &PERSON));
    let logins: Vec<_> = people.iter().map(|person| person["login"].as_str().unwrap()).collect();
    assert_eq!(logins, ["admin", "manager", "second-tester", "tester"]);
    let first = portal.admin().get("/api/v1/people?limit=3").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let rest = portal.admin().get(&format!("/api/v1/people?limit=3&cursor={next}")).await;
    assert_eq!(rest.items(), people[3..]);
}
