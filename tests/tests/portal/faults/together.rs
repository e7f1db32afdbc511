//! Two processes on one PostgreSQL hear of each other's changes.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tests::{Api, Browser, Database::Postgres, SANDBOX, Sandbox, Site};
use tokio::time::timeout;

use super::trial::{Trial, text};

async fn with_sandbox() -> (Sandbox, Trial) {
    let sandbox = Sandbox::start().await;
    let site = Site::new(SANDBOX, sandbox.0.url());
    let table = site.plain();
    (sandbox, Trial::new(Postgres, vec![(site, table)]).await)
}

#[tokio::test]
async fn a_page_that_one_process_serves_shows_what_is_done_through_another() {
    let (_sandbox, trial) = with_sandbox().await;
    let (one, other) = (trial.program.serve().await, trial.program.serve().await);
    let account = trial.api(&one).new_account().await;
    let path = format!("/api/v1/accounts/{}", text(&account["id"]));

    let browser = Browser::new(&one.url);
    let sign_in = [("login", Trial::LOGIN), ("password", Trial::PASSWORD), ("then", "")];
    assert_eq!(browser.submit("/actions/sign_in", &sign_in).await.status, 303);
    let watch =
        Api::new(&one.url, None).call(Method::GET, &format!("/live?account={}", text(&account["id"])));
    let mut stream = watch.header("cookie", &browser.cookie().unwrap()).open().await;
    stream.next_message().await.unwrap();
    // Nothing but word of the commit makes the stream look: there is no polling.
    for hours in 2..5 {
        let body = json!({ "ttl": format!("{hours}h") });
        let renewed = trial.api(&other).post(&format!("{path}/renew"), &body).await.expect(200);
        let told = timeout(Duration::from_secs(10), async {
            loop {
                let message = stream.next_message().await.unwrap();
                if let Some(data) = message.lines().find_map(|line| line.strip_prefix("data: ")) {
                    return serde_json::from_str::<Value>(data).unwrap();
                }
            }
        });
        let told = told.await.expect("the other process's change is heard");
        assert_eq!(told["expires_at"], renewed["expires_at"]);
    }
    drop(stream);
    assert_eq!(one.stop().await.code, 0);
    trial.end(other).await;
}

#[tokio::test]
async fn whichever_process_does_the_work_who_waits_at_the_other_is_answered() {
    let (_sandbox, trial) = with_sandbox().await;
    let (one, other) = (trial.program.serve().await, trial.program.serve().await);
    for nth in 0..20 {
        let (asked, revoked) = if nth % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let account = trial.api(asked).new_account().await;
        let path = format!("/api/v1/accounts/{}", text(&account["id"]));
        assert_eq!(trial.api(revoked).delete(&path).await.expect(200)["state"], "revoked");
    }
    trial.agree(&one).await;
    assert_eq!(one.stop().await.code, 0);
    trial.end(other).await;
}
