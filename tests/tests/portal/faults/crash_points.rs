//! The process dies at each commit and each call of a creation, a reveal and
//! a revocation, one after the other.

use futures::{StreamExt, stream};
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Answer, Api,
    Database::{self, Postgres, Sqlite},
    Process, SANDBOX, Sandbox, Signal, Site,
};

use super::trial::{Trial, text};

/// The points, and how often each is met at least: more often where the
/// machine is so slow that claims are made longer meanwhile.
const POINTS: [(&str, usize); 6] = [
    ("call-before", 5),
    ("call-after", 5),
    ("commit-before", 6),
    ("commit-after", 6),
    ("claim-before", 1),
    ("claim-after", 1),
];

/// Most of the time they wait for the claims of the dead to run out.
const AT_A_TIME: usize = 16;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_it_dies_it_goes_on_from_there(#[values(Sqlite, Postgres)] database: Database) {
    let every = POINTS.iter().flat_map(|(point, times)| (0..=*times).map(move |nth| (*point, nth)));
    let deaths = every.map(|(point, nth)| async move { (point, nth, dies_at(database, point, nth).await) });
    let deaths: Vec<(&str, usize, bool)> = stream::iter(deaths).buffered(AT_A_TIME).collect().await;
    for (point, times) in POINTS {
        let mut lives_after = times;
        for (_, nth, died) in deaths.iter().filter(|(at, ..)| *at == point) {
            assert!(*died || *nth == times, "{point} is met {nth} times only");
            if *died && *nth == times {
                lives_after += 1;
                while dies_at(database, point, lives_after).await {
                    lives_after += 1;
                }
            }
        }
        eprintln!("{database:?}: {point} is met {lives_after} times");
    }
}

/// Lets an account be created, revealed and revoked by a process that passes
/// the point so often and then dies there. Says whether it did, after seeing
/// that another one goes on from there.
async fn dies_at(database: Database, point: &str, nth: usize) -> bool {
    let sandbox = Sandbox::start().await;
    let site = Site::new(SANDBOX, sandbox.0.url());
    let table = site.complete();
    let trial = Trial::new(database, vec![(site, table)]).await;
    let dying = trial.program.serve_with_failpoints(&format!("{point}={nth}*off->return"));
    let died = match live_through(&trial, dying).await {
        None => false,
        Some(signal) => {
            assert_eq!(signal, Some(Signal::ABORT.as_raw()), "{point} {nth}");
            true
        }
    };
    let running = trial.program.serve().await;
    trial.agree(&running).await;
    // The client asks once more for what it heard nothing of.
    let api = trial.api(&running);
    let account = request(&api).await.unwrap();
    let id = text(&account.json()["id"]);
    let accounts = trial.agree(&running).await;
    assert_eq!(accounts.len(), 1, "{point} {nth}: {accounts:#?}");
    assert_eq!(accounts[0]["id"], id);
    if accounts[0]["state"] == "active" {
        api.order(&format!("/api/v1/accounts/{id}/reveal")).await.expect(200);
        // 202 where something may still land of which nothing was heard.
        assert!(matches!(api.delete(&format!("/api/v1/accounts/{id}")).await.status, 200 | 202));
    }
    assert_eq!(trial.agree(&running).await[0]["end_reason"], "revoked", "{point} {nth}");
    trial.end(running).await;
    died
}

/// Does all of it for as long as the process lives; the signal that ended it,
/// if it did not.
async fn live_through(trial: &Trial, process: Process) -> Option<Option<i32>> {
    let running = match process.listening().await {
        Ok(running) => running,
        Err(ended) => return Some(ended.signal),
    };
    let api = trial.api(&running);
    let story = async {
        let id = text(&request(&api).await?.json()["id"]);
        let account = format!("/api/v1/accounts/{id}");
        api.call(Method::POST, &format!("{account}/reveal")).send_perhaps().await?;
        let revoked = api.call(Method::DELETE, &account).send_perhaps().await?;
        (revoked.status == 200).then_some(())
    };
    if story.await.is_none() {
        return Some(running.finished().await.signal);
    }
    running.kill().await;
    None
}

async fn request(api: &Api) -> Option<Answer> {
    let body: Value = json!({ "services": [SANDBOX] });
    let call = api.call(Method::POST, "/api/v1/accounts").json(&body);
    let answer = call.header("idempotency-key", "the-only-one").send_perhaps().await?;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text);
    Some(answer)
}

/// How often a check of a complete service meets each point.
const POINTS_OF_CHECKS: [(&str, usize); 4] =
    [("call-before", 14), ("call-after", 14), ("commit-before", 2), ("commit-after", 2)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_check_dies_nothing_is_left_behind() {
    let every = POINTS_OF_CHECKS.iter().flat_map(|(point, times)| (0..*times).map(move |nth| (*point, nth)));
    let deaths = every.map(|(point, nth)| check_dies_at(point, nth));
    stream::iter(deaths).buffered(AT_A_TIME).collect::<Vec<()>>().await;
}

async fn check_dies_at(point: &str, nth: usize) {
    let sandbox = Sandbox::start().await;
    let site = Site::new(SANDBOX, sandbox.0.url());
    let table = site.complete();
    let trial = Trial::new(Sqlite, vec![(site, table)]).await;
    let dying = trial.program.serve_with_failpoints(&format!("{point}={nth}*off->return"));
    if let Ok(running) = dying.listening().await {
        let check = format!("/api/v1/services/{SANDBOX}/check");
        let heard = trial.api(&running).call(Method::POST, &check).send_perhaps().await;
        assert!(heard.is_none(), "{point} is met {nth} times only: {heard:?}");
        assert_eq!(running.finished().await.signal, Some(Signal::ABORT.as_raw()), "{point} {nth}");
    }
    let running = trial.program.serve().await;
    let accounts = trial.agree(&running).await;
    assert!(accounts.iter().all(|account| account["ended_at"].is_string()), "{point} {nth}: {accounts:#?}");
    assert!(sandbox.usernames().await.is_empty(), "{point} {nth}");
    trial.end(running).await;
}
