//! What belongs to which team, and who sees it; who may do what by which route
//! is for `every_route::matrix`.

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    SANDBOX, TestPortal, Who, article_service, full_service,
};

async fn of_teams(database: Database) -> TestPortal {
    let mut portal = TestPortal::start(database).await;
    portal.split_into_teams().await;
    portal
}

fn ids(accounts: &[Value]) -> Vec<&str> {
    accounts.iter().map(|account| account["id"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn a_manager_sees_the_team_s_and_their_own_and_no_other(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = of_teams(database).await;
    let theirs = portal.tester().new_account().await;
    let others = portal.api(Who::OtherTester).new_account().await;
    let own = portal.manager().new_account().await;
    let list = "/api/v1/accounts";
    assert_eq!(ids(&portal.manager().get(list).await.items()), ids(&[own.clone(), theirs.clone()]));
    assert_eq!(ids(&portal.api(Who::OtherManager).get(list).await.items()), ids(&[others]));
    // Whoever goes to another team takes what is theirs along, and leaves the team's.
    portal.move_to_team(Who::Manager, "search").await;
    let seen = portal.manager().get(list).await.items();
    assert!(ids(&seen).contains(&own["id"].as_str().unwrap()));
    assert!(!ids(&seen).contains(&theirs["id"].as_str().unwrap()));
}

#[rstest]
#[tokio::test]
async fn a_service_is_for_its_team_and_for_those_with_whom_it_is_shared(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = of_teams(database).await;
    let url = portal.sandbox.0.url();
    let mut table = article_service("billing", &url);
    table["team"] = json!("payments");
    portal.register(&table).await;
    let other = portal.api(Who::OtherTester);
    let request = json!({ "services": ["billing"] });
    portal.tester().post("/api/v1/accounts", &request).await.expect(201);
    let refused = other.post("/api/v1/accounts", &request).await;
    assert_eq!(refused.invalid_fields(), ["/services/0"]);
    other.get("/api/v1/services/billing").await.problem(404, "not_found");
    let slugs = |services: Vec<Value>| {
        services.iter().map(|service| service["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(slugs(other.get("/api/v1/services").await.items()), [SANDBOX]);
    // The article's call goes to a service that the caller may use.
    let article = other.post("/create", &json!({ "service_url": url })).await.expect(200);
    assert_eq!(article["status"], "created");
    table["shared_with"] = json!(["search"]);
    portal.register(&table).await;
    other.post("/api/v1/accounts", &request).await.expect(201);
    assert_eq!(slugs(other.get("/api/v1/services").await.items()), ["billing", SANDBOX]);
}

#[tokio::test]
async fn a_service_belongs_to_a_team_that_there_is() {
    let portal = TestPortal::start(Sqlite).await;
    let mut table = article_service("billing", &portal.sandbox.0.url());
    table["team"] = json!("nowhere");
    table["shared_with"] = json!(["default", "neither"]);
    let refused = portal.admin().post("/api/v1/services", &table).await;
    assert_eq!(refused.invalid_fields(), ["/team", "/shared_with/1"]);
}

#[rstest]
#[tokio::test]
async fn what_is_handed_over_goes_to_the_new_holder_s_team(#[values(Sqlite, Postgres)] database: Database) {
    let portal = of_teams(database).await;
    portal.register(&full_service(SANDBOX, &portal.sandbox.0.url())).await;
    let mut table = full_service("billing", &portal.sandbox.0.url());
    table["team"] = json!("payments");
    portal.register(&table).await;
    let account = portal.tester().new_account().await;
    let to = json!({ "to": Who::OtherTester.login() });
    let handed = portal.tester().act(&account["id"], "hand-over", &to).await.expect(200);
    assert_eq!((&handed["holder"], &handed["team"]), (&json!("other-tester"), &json!("search")));
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    portal.manager().get(&path).await.problem(404, "not_found");
    portal.api(Who::OtherManager).get(&path).await.expect(200);
    // The old holder asked for it, so they see what became of it, and no more.
    portal.tester().get(&path).await.expect(200);
    portal.tester().delete(&path).await.problem(403, "forbidden");
    let billing = json!({ "services": ["billing"] });
    let account = portal.tester().post("/api/v1/accounts", &billing).await.expect(201);
    let refused = portal.tester().act(&account["id"], "hand-over", &to).await;
    assert_eq!(refused.invalid_fields(), ["/to"], "the service is not open to that team");
}

#[rstest]
#[tokio::test]
async fn a_manager_reads_of_the_audit_what_concerns_the_team(#[values(Sqlite, Postgres)] database: Database) {
    let portal = of_teams(database).await;
    let mut table = article_service("billing", &portal.sandbox.0.url());
    table["team"] = json!("payments");
    portal.admin().post("/api/v1/services", &table).await.expect(201);
    portal.tester().new_account().await;
    portal.api(Who::OtherTester).new_account().await;
    let read = async |who| portal.api(who).all("/api/v1/events").await;
    let holders = |events: &[Value]| {
        let requested = events.iter().filter(|event| event["action"] == "account_requested");
        requested.map(|event| event["actor"]["login"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (ours, others) = (read(Who::Manager).await, read(Who::OtherManager).await);
    assert_eq!(
        (holders(&ours), holders(&others)),
        (vec!["tester".to_owned()], vec!["other-tester".to_owned()])
    );
    let registered = |events: &[Value]| events.iter().any(|event| event["service"] == "billing");
    assert!(registered(&ours) && !registered(&others), "an admin's deed on the team's service is the team's");
}
