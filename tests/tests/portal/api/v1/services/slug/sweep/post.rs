//! `POST /api/v1/services/{slug}/sweep`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, full_service, listing_service, sorted,
};

use crate::api::v1::drift::{DRIFT, come_back, lasting_account, sweep};

const SWEEP: &str = "/api/v1/services/user-service/sweep";
const DRY: &str = "/api/v1/services/user-service/sweep?dry_run=true";

fn names(list: &Value) -> Vec<String> {
    sorted(list.as_array().unwrap(), "username")
}

/// A portal whose sandbox has an account that should be gone and a stranger's,
/// and lacks one; their names in that order.
async fn adrift(database: Database) -> (TestPortal, [String; 3]) {
    let portal = TestPortal::start_listing(database).await;
    let back = come_back(&portal).await;
    let missing = lasting_account(&portal).await["username"].as_str().unwrap().to_owned();
    portal.sandbox.delete(&missing).await;
    portal.sandbox.create("test_stranger", "secret").await;
    portal.sandbox.create("stranger_without_our_prefix", "secret").await;
    lasting_account(&portal).await;
    (portal, [back, "test_stranger".to_owned(), missing])
}

#[rstest]
#[tokio::test]
async fn a_dry_run_says_what_differs_and_changes_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, [back, stranger, missing]) = adrift(database).await;
    let before = (portal.sandbox.usernames().await, portal.events("").await.len());
    for _ in 0..3 {
        let found = portal.admin().order(DRY).await.expect(200);
        let mut unknown = vec![back.clone(), stranger.clone()];
        unknown.sort();
        assert_eq!((names(&found["unknown"]), names(&found["missing"])), (unknown, vec![missing.clone()]));
        for one in found["unknown"].as_array().unwrap() {
            let is_ours = one["username"] == back;
            assert_eq!((&one["minted"], one["account"].is_string()), (&json!(is_ours), is_ours), "{one}");
            assert_eq!((&one["sweeps"], &one["state"]), (&json!(0), &json!("open")), "{one}");
        }
        assert!(found["missing"][0]["account"].is_string());
    }
    assert_eq!((portal.sandbox.usernames().await, portal.events("").await.len()), before);
    assert!(portal.admin().get(DRIFT).await.items().is_empty());
    assert!(
        portal.admin().get("/api/v1/services/user-service").await.expect(200).get("last_sweep").is_none()
    );
}

#[rstest]
#[tokio::test]
async fn deletes_what_was_minted_here_and_should_be_gone_and_never_anything_else(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let (portal, [back, stranger, missing]) = adrift(database).await;
    let answer = portal.admin().order(SWEEP).await;
    let found = answer.expect(200);
    let states: Vec<_> =
        found["unknown"].as_array().unwrap().iter().map(|one| (&one["username"], &one["state"])).collect();
    assert!(states.contains(&(&json!(back), &json!("deleted"))), "{found}");
    assert!(states.contains(&(&json!(stranger), &json!("open"))), "{found}");
    assert_eq!(names(&found["missing"]), [missing]);
    for _ in 0..3 {
        let left = portal.sandbox.usernames().await;
        assert!(!left.contains(&back) && left.contains(&stranger), "{left:?}");
        assert!(left.contains(&"stranger_without_our_prefix".to_owned()) && left.len() == 3, "{left:?}");
        assert_eq!(names(&sweep(&portal).await["unknown"]), std::slice::from_ref(&stranger));
    }
    let request = answer.header("x-request-id");
    let of_request: Vec<_> =
        portal.events("").await.into_iter().filter(|event| event["request_id"] == request).collect();
    let [swept, deleted] = of_request.as_slice() else { panic!("{of_request:?}") };
    assert_eq!((&swept["action"], &swept["service"]), (&json!("service_swept"), &json!(SANDBOX)));
    assert_eq!(swept["details"], json!({ "unknown": 2, "missing": 1, "deleting": [back] }));
    assert_eq!((&deleted["action"], &deleted["subject"]), (&json!("drift_deleted"), &json!(back)));
    assert_eq!((&deleted["details"]["status"], &deleted["actor"]["login"]), (&json!(200), &json!("admin")));
    let service = portal.admin().get("/api/v1/services/user-service").await.expect(200);
    assert!(service["last_sweep"]["swept_at"].is_string(), "{service}");
}

#[rstest]
#[tokio::test]
async fn accounts_of_another_service_at_the_same_address_are_no_drift(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    portal.register(&listing_service("beside", &portal.sandbox.0.url())).await;
    let beside = json!({ "services": ["beside"] });
    portal.tester().post("/api/v1/accounts", &beside).await.expect(201);
    portal.tester().new_account().await;
    let ended = portal.tester().post("/api/v1/accounts", &beside).await.expect(201);
    portal.tester().delete(&format!("/api/v1/accounts/{}", ended["id"].as_str().unwrap())).await.expect(200);
    portal.sandbox.create(ended["username"].as_str().unwrap(), "secret").await;
    assert_eq!(sweep(&portal).await, json!({ "unknown": [], "missing": [] }));
    let of_beside = portal.admin().order("/api/v1/services/beside/sweep").await.expect(200);
    assert_eq!(
        (names(&of_beside["unknown"]).len(), &of_beside["unknown"][0]["state"]),
        (1, &json!("deleted"))
    );
    assert_eq!(portal.sandbox.usernames().await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_service_that_cannot_be_asked_is_said_plainly(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start_listing(database).await;
    portal.admin().order("/api/v1/services/nobodys/sweep").await.problem(404, "not_found");
    portal.manager().order(SWEEP).await.problem(403, "forbidden");
    portal.tester().order(DRY).await.problem(403, "forbidden");
    assert_eq!(portal.admin().order(&DRY.replace("true", "yes")).await.invalid_fields(), ["/dry_run"]);
    portal.sandbox.0.go_down();
    let down = portal.admin().order(SWEEP).await.problem(503, "target_unavailable");
    assert!(down["detail"].as_str().unwrap().contains("GET /accounts"), "{down}");
    let service = portal.admin().get("/api/v1/services/user-service").await.expect(200);
    assert_eq!(service["last_sweep"]["problem"], down["detail"]);
    portal.sandbox.0.come_back().await;
    let mut table = listing_service(SANDBOX, &portal.sandbox.0.url());
    table["http"]["list"]["items"] = json!("/nowhere");
    portal.register(&table).await;
    portal.admin().order(SWEEP).await.problem(502, "target_refused");
    portal.register(&full_service(SANDBOX, &portal.sandbox.0.url())).await;
    let refused = portal.admin().order(SWEEP).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("does not say how to list"), "{refused}");
}

#[rstest]
#[tokio::test]
async fn the_same_request_again_deletes_nothing_more(#[values(Sqlite, Postgres)] database: Database) {
    let (portal, [back, stranger, _]) = adrift(database).await;
    let sweep = || portal.admin().call(http::Method::POST, SWEEP).key("once").send();
    sweep().await.expect(200);
    portal.sandbox.create(&back, "once more").await;
    let again = sweep().await.expect(200);
    assert_eq!(names(&again["unknown"]), [stranger]);
    assert_eq!(again["unknown"][0]["sweeps"], 1);
    assert!(portal.sandbox.usernames().await.contains(&back));
    assert_eq!(portal.events("action=service_swept").await.len(), 1);
}
