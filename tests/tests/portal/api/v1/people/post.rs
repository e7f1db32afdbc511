//! `POST /api/v1/people`

use rstest::rstest;
use serde_json::json;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal, assert_has,
};

use super::PERSON;

const PEOPLE: &str = "/api/v1/people";

#[rstest]
#[tokio::test]
async fn somebody_who_is_added_with_a_password_signs_in_with_it(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "login": "ann", "role": "manager", "password": "correct horse" });
    let answer = portal.admin().post(PEOPLE, &body).await;
    let person = answer.expect(201);
    assert_has(&person, &PERSON);
    assert_eq!((&person["role"], &person["team"]), (&json!("manager"), &json!("default")));
    assert_eq!(person["signs_in_by"], json!(["password"]));
    assert_eq!(answer.header("location"), "/api/v1/people/ann");
    assert!(!answer.text.contains("correct horse"));
    let fields = [("login", "ann"), ("password", "correct horse"), ("then", "")];
    let signed_in = portal.browser().submit("/actions/sign_in", &fields).await;
    assert_eq!(signed_in.header("location"), "/accounts");
}

#[rstest]
#[tokio::test]
async fn without_a_password_there_is_a_link_that_is_shown_this_once(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let body = json!({ "login": "ann", "role": "tester" });
    let add = async || {
        let call = portal.admin().call(http::Method::POST, PEOPLE).json(&body);
        call.header("idempotency-key", "k1").send().await.expect(201)
    };
    let person = add().await;
    assert_eq!(person["signs_in_by"], json!([]));
    let path = person["invitation"]["path"].as_str().unwrap();
    assert!(portal.browser().open(path).await.text.contains("Choose a password for ann"));
    let again = add().await;
    assert_eq!((&again["id"], again.get("invitation")), (&person["id"], None));
    let code = path.split_once("code=").unwrap().1;
    let dump = portal.raw().await.dump().await;
    let dump = String::from_utf8_lossy(&dump);
    assert!(!dump.contains(code), "the database does not know the link");
}

#[tokio::test]
async fn what_cannot_be_accepted_is_pointed_at() {
    let portal = TestPortal::start(Sqlite).await;
    for (body, pointers) in [
        (json!({}), vec!["/login"]),
        (json!({ "login": "Ann Lee", "role": "boss" }), vec!["/login", "/role"]),
        (json!({ "login": "ann", "role": "tester", "team": "nowhere" }), vec!["/team"]),
        (json!({ "login": "ann", "role": "tester", "password": "1234" }), vec!["/password"]),
        (json!({ "login": "ann", "role": "tester", "admin": true }), vec!["/admin"]),
    ] {
        assert_eq!(portal.admin().post(PEOPLE, &body).await.invalid_fields(), pointers, "{body}");
    }
    let taken = json!({ "login": "tester", "role": "tester", "password": "12345" });
    portal.admin().post(PEOPLE, &taken).await.problem(409, "conflict");
}
