//! `DELETE /api/v1/services/{slug}`

use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service, eventually, with_approval,
};

const ORDERS: &str = "/api/v1/services/orders";

/// A service `orders` that does what it is told, until it is told otherwise.
async fn orders(portal: &TestPortal) -> ScriptedTarget {
    let service = ScriptedTarget::start(|_| Reply::status(200)).await;
    portal.register_scripted("orders", &service).await;
    service
}

async fn account(portal: &TestPortal, body: &Value) -> Value {
    portal.tester().post("/api/v1/accounts", body).await.expect(201)["id"].clone()
}

async fn once_retired(portal: &TestPortal) -> Value {
    let event = async || portal.events("action=service_retired&service=orders").await.pop();
    let event = eventually("orders is retired", event).await;
    portal.admin().get(ORDERS).await.problem(404, "not_found");
    event
}

#[rstest]
#[tokio::test]
async fn one_that_holds_nothing_is_retired_at_once(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    let id = account(&portal, &json!({ "services": ["orders"] })).await;
    portal.tester().delete(&format!("/api/v1/accounts/{}", id.as_str().unwrap())).await.expect(200);
    let retired = portal.admin().delete(&format!("{ORDERS}?reason=nobody+uses+it")).await.expect(200);
    assert_eq!((&retired["slug"], &retired["state"]), (&json!("orders"), &json!("retired")));
    portal.admin().get(ORDERS).await.problem(404, "not_found");
    portal.admin().delete(ORDERS).await.problem(404, "not_found");
    for what in ["pause", "resume"] {
        portal.admin().order(&format!("{ORDERS}/{what}")).await.problem(404, "not_found");
    }
    let services = portal.admin().get("/api/v1/services").await.items();
    assert!(services.iter().all(|service| service["slug"] != "orders"));
    let refused = portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await;
    assert_eq!(refused.invalid_fields(), ["/services/0"]);
    let by_url = portal.tester().post("/create", &json!({ "service_url": service.target.url() })).await;
    assert_eq!(by_url.invalid_fields(), ["/service_url"]);
    let event = portal.events("action=service_retired").await.remove(0);
    assert_eq!(
        (&event["actor"]["login"], &event["details"]["reason"]),
        (&json!("admin"), &json!("nobody uses it"))
    );
    assert_eq!(portal.tester().account(&id).await["services"][0]["service"], "orders", "history stays");
}

#[rstest]
#[tokio::test]
async fn one_that_holds_accounts_is_not_retired_unless_it_is_drained(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let _service = orders(&portal).await;
    let guarded = with_approval(article_service("guarded", &portal.sandbox.0.url()));
    portal.register(&guarded).await;
    for _ in 0..2 {
        account(&portal, &json!({ "services": ["orders"] })).await;
    }
    let both = json!({ "services": ["orders", "guarded"] });
    portal.tester().post("/api/v1/accounts", &both).await.expect(202);
    let refused = portal.admin().delete(ORDERS).await.problem(409, "conflict");
    let said = refused["detail"].as_str().unwrap();
    for part in ["orders holds 2 accounts and 1 waiting request", "Revoke", "?drain=true"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(portal.admin().get(ORDERS).await.expect(200)["state"], "active");
    assert!(portal.events("action=service_retiring").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_drained_one_is_retired_once_all_that_it_held_is_gone(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    let kept = account(&portal, &json!({ "services": ["orders"], "run": "r1" })).await;
    portal.tester().put("/api/v1/runs/r1/keep", &json!({ "for": "1h" })).await.expect(200);
    let wide = account(&portal, &json!({ "services": [SANDBOX, "orders"] })).await;
    let other = portal.tester().new_account().await["id"].clone();
    service.now(|call| Reply::status(if call.is_delete() { 500 } else { 200 }));

    let answer = portal.admin().delete(&format!("{ORDERS}?drain=true&reason=it+moved")).await;
    assert_eq!(answer.header("location"), ORDERS);
    let retiring = answer.expect(202);
    assert_eq!((&retiring["state"], &retiring["state_reason"]), (&json!("retiring"), &json!("it moved")));
    let cleanup = portal.admin().batch(&retiring["cleanup"]).await;
    assert_eq!((&cleanup["kind"], &cleanup["total"]), (&json!("cleanup"), &json!(2)));
    assert_eq!(cleanup["requested_by"]["login"], "admin");
    let refused = portal.tester().post("/api/v1/accounts", &json!({ "services": ["orders"] })).await;
    assert!(refused.problem(409, "conflict")["detail"].as_str().unwrap().contains("is being retired"));
    for what in ["pause", "resume"] {
        portal.admin().order(&format!("{ORDERS}/{what}")).await.problem(409, "conflict");
    }
    for again in [ORDERS.to_owned(), format!("{ORDERS}?drain=true")] {
        let again = portal.admin().delete(&again).await.expect(202);
        assert_eq!(again["cleanup"], retiring["cleanup"], "nothing is begun twice");
    }
    for id in [&kept, &wide] {
        portal.tester().account_once("revoking", id).await;
    }
    assert_eq!(portal.admin().get(ORDERS).await.expect(200)["state"], "retiring", "it is not gone yet");

    service.now(|_| Reply::status(200));
    // What a call may still bring about is waited for, and so is the next attempt.
    portal.clock.advance(std::time::Duration::from_secs(1_000));
    let retired = once_retired(&portal).await;
    assert_eq!(retired["actor"]["kind"], "system");
    for id in [&kept, &wide] {
        let account = portal.tester().account(id).await;
        assert_eq!((&account["state"], &account["end_reason"]), (&json!("revoked"), &json!("cleaned_up")));
    }
    assert_eq!(portal.tester().account(&other).await["state"], "active");
    assert_eq!(portal.admin().batch_once_finished(&retiring["cleanup"]).await["done"], 2);
    let actions: Vec<_> =
        portal.events("service=orders").await.into_iter().map(|e| e["action"].clone()).collect();
    let of_service = actions.iter().filter(|action| action.as_str().unwrap().starts_with("service_ret"));
    assert_eq!(of_service.collect::<Vec<_>>(), ["service_retiring", "service_retired"]);
}

#[rstest]
#[tokio::test]
async fn requests_that_wait_are_denied_with_the_reason(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    portal.register(&with_approval(article_service("orders", &service.target.url()))).await;
    let alone = portal.tester().new_account_later("orders").await["id"].clone();
    let many = json!({ "services": ["orders"], "count": 3 });
    let batch = portal.tester().post("/api/v1/accounts", &many).await.expect(202);
    let retiring = portal.admin().delete(&format!("{ORDERS}?drain=true")).await.expect(202);
    assert!(retiring.get("cleanup").is_none(), "there is nothing to take away");
    once_retired(&portal).await;
    let denied = portal.tester().account(&alone).await;
    assert_eq!(
        (&denied["state"], &denied["decision_reason"]),
        (&json!("denied"), &json!("orders is being retired"))
    );
    assert_eq!(portal.tester().batch_once_finished(&batch["id"]).await["failed"], 3);
    assert!(service.received().is_empty(), "no service ever heard of them");
    assert!(portal.manager().get("/api/v1/approvals").await.items().is_empty());
}

#[rstest]
#[tokio::test]
async fn registered_anew_it_is_the_same_service_again(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    let first = portal.admin().get(ORDERS).await.expect(200);
    portal.admin().order(&format!("{ORDERS}/pause")).await.expect(200);
    portal.admin().delete(ORDERS).await.expect(200);
    let table = article_service("orders", &service.target.url());
    let again = portal.admin().post("/api/v1/services", &table).await.expect(201);
    assert_eq!((&again["id"], &again["state"]), (&first["id"], &json!("active")));
    assert_eq!(portal.events("action=service_registered&service=orders").await.len(), 2);
    account(&portal, &json!({ "services": ["orders"] })).await;
}

#[rstest]
#[tokio::test]
async fn no_request_slips_in_while_it_is_retired(#[values(Sqlite, Postgres)] database: Database) {
    let portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    let table = article_service("orders", &service.target.url());
    for round in 0..6 {
        let requests: Vec<_> = (0..6)
            .map(|_| {
                let api = portal.tester();
                tokio::spawn(async move {
                    let wanted = json!({ "services": ["orders"] });
                    let call = api.call(http::Method::POST, "/api/v1/accounts").json(&wanted);
                    call.header("prefer", "respond-async").send().await
                })
            })
            .collect();
        tokio::time::sleep(std::time::Duration::from_millis(round)).await;
        let retired = portal.admin().delete(ORDERS).await.status;
        let mut accepted = Vec::new();
        for request in requests {
            let answer = request.await.unwrap();
            if answer.status < 300 {
                accepted.push(answer.json()["id"].clone());
            }
        }
        assert_eq!(retired == 200, accepted.is_empty(), "{retired}, {} accepted", accepted.len());
        for id in accepted {
            portal.tester().account_once("active", &id).await;
            portal.tester().delete(&format!("/api/v1/accounts/{}", id.as_str().unwrap())).await;
            portal.tester().account_once("revoked", &id).await;
        }
        portal.register(&table).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_retirement_goes_on_after_the_process_has_died(#[values(Sqlite, Postgres)] database: Database) {
    let mut portal = TestPortal::start(database).await;
    let service = orders(&portal).await;
    let id = account(&portal, &json!({ "services": ["orders"] })).await;
    service.now(|call| Reply::status(if call.is_delete() { 500 } else { 200 }));
    portal.stop().await;
    // As if it had died right after it was decided: nothing is chosen yet.
    let raw = portal.raw().await;
    for step in [
        "INSERT INTO batches (id, kind, requested_by_kind, requested_by_login, team, command, kept, created_at) \
         SELECT id, 'cleanup', 'operator', 'operator', 'default', '{}', 0, 0 FROM services WHERE slug = 'orders'",
        "UPDATE services SET state = 'retiring', state_since = 0, cleanup_id = id WHERE slug = 'orders'",
    ] {
        assert_eq!(raw.execute(step).await.unwrap(), 1, "{step}");
    }
    portal.start_again().await;
    portal.tester().account_once("revoking", &id).await;
    portal.restart().await;
    service.now(|_| Reply::status(200));
    portal.clock.advance(std::time::Duration::from_secs(1_000));
    once_retired(&portal).await;
    assert_eq!(portal.tester().account(&id).await["state"], "revoked");
}

#[tokio::test]
async fn only_admins_may_and_options_are_checked() {
    let portal = TestPortal::start(Sqlite).await;
    let path = format!("/api/v1/services/{SANDBOX}");
    for who in [Who::Tester, Who::Manager] {
        portal.api(who).delete(&path).await.problem(403, "forbidden");
        portal.api(who).delete(&format!("{path}?drain=perhaps")).await.problem(403, "forbidden");
    }
    portal.narrowed(Who::Admin, &["services:read"]).await.delete(&path).await.problem(403, "forbidden");
    for (query, field) in [("drain=perhaps", "/drain"), ("drian=true", "/drian")] {
        assert_eq!(portal.admin().delete(&format!("{path}?{query}")).await.invalid_fields(), [field]);
    }
    let long = "x".repeat(501);
    assert_eq!(portal.admin().delete(&format!("{path}?reason={long}")).await.invalid_fields(), ["/reason"]);
    portal.admin().delete("/api/v1/services/nobodys").await.problem(404, "not_found");
}
