//! The process is killed again and again, under load, with services that play
//! along no better.

use std::{
    collections::BTreeMap,
    env,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rstest::rstest;
use serde_json::{Value, json};
use tests::{
    Database::{self, Postgres, Sqlite},
    Program, Running, SANDBOX, Site,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::{
    audit,
    load::{Client, Record},
    trial::{Trial, text},
};

/// How often to kill, on each database.
const KILLS: &str = "UNDERSTUDY_FAULT_KILLS";
const KILLS_USUALLY: u32 = 100;

/// From what everything follows that is left to chance in the test itself.
const SEED: &str = "UNDERSTUDY_FAULT_SEED";

const CLIENTS: u64 = 8;

/// Two services, each in a process of its own: one that can do everything,
/// and one that knows no reset, so that accounts are deleted and made anew.
async fn troubled_services(program: &Program) -> (Vec<Running>, Vec<(Site, Value)>) {
    let mut running = Vec::new();
    for latency in ["5ms", "20ms"] {
        let trouble = ["--fail-rate", "0.05", "--hang-rate", "0.02", "--junk-rate", "0.03"];
        let args = [&["sandbox", "--listen", "127.0.0.1:0", "--latency", latency], &trouble[..]].concat();
        running.push(program.start(&args).await);
    }
    let (complete, plain) = (Site::new(SANDBOX, &running[0].url), Site::new("orders", &running[1].url));
    let mut tables = [complete.complete(), plain.plain()];
    for table in &mut tables {
        table["policy"] = json!({ "max_active_per_person": 100_000, "provision_within": "1m" });
    }
    let [of_complete, of_plain] = tables;
    (running, vec![(complete, of_complete), (plain, of_plain)])
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_often_it_is_killed_services_ledger_and_audit_agree(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse().unwrap());
    let kills = number(KILLS).map_or(KILLS_USUALLY, |kills: u64| kills.try_into().unwrap());
    let seed = number(SEED).unwrap_or_else(|| RandomState::new().hash_one(SEED));
    eprintln!("{SEED}={seed} {KILLS}={kills} on {database:?}");
    let begun = Instant::now();

    let stage = Program::new(Sqlite).await;
    let (_services, registered) = troubled_services(&stage).await;
    let trial = Trial::new(database, registered).await;
    let (told, portal) = watch::channel(String::new());
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|nth| {
            let client = Client {
                name: format!("ci:{nth}"),
                rng: StdRng::seed_from_u64(seed.wrapping_add(nth + 1)),
                portal: portal.clone(),
                api: trial.api_at(""),
                services: trial.sites.iter().map(|site| site.slug).collect(),
                stop: stop.clone(),
            };
            tokio::spawn(client.work())
        })
        .collect();
    kill_again_and_again(&trial.program, kills, StdRng::seed_from_u64(seed), &told).await;
    let running = trial.program.serve().await;
    told.send(running.url.clone()).unwrap();
    sleep(Duration::from_secs(1)).await;
    stop.store(true, SeqCst);
    let mut records = Vec::new();
    for client in clients {
        records.push(client.await.unwrap());
    }
    let worked = begun.elapsed();

    let accounts = trial.agree(&running).await;
    let events = trial.api(&running).all("/api/v1/events").await;
    what_was_heard_is_true(&records, &accounts, &events);
    let sum = |of: fn(&Record) -> usize| records.iter().map(of).sum::<usize>();
    eprintln!(
        "{database:?}: {kills} kills in {worked:.0?}, all agreed after {:.0?}: {} answers heard, {} lost, \
         {} accounts, {} events",
        begun.elapsed(),
        sum(|record| record.heard),
        sum(|record| record.lost),
        accounts.len(),
        events.len(),
    );
    trial.end(running).await;
}

async fn kill_again_and_again(program: &Program, kills: u32, mut rng: StdRng, told: &watch::Sender<String>) {
    for _ in 0..kills {
        let process = program.serve_with_failpoints("");
        if rng.random_bool(0.15) {
            sleep(Duration::from_millis(rng.random_range(0..300))).await;
            process.kill().await;
            continue;
        }
        let running = process.listening().await.unwrap_or_else(|ended| panic!("it ended: {ended:?}"));
        told.send(running.url.clone()).unwrap();
        let longest = if rng.random_bool(0.2) { 3_000 } else { 1_000 };
        sleep(Duration::from_millis(rng.random_range(10..longest))).await;
        running.kill().await;
    }
}

/// What was promised is there; nothing is there twice; and no password was
/// seen of which the audit does not know.
fn what_was_heard_is_true(records: &[Record], accounts: &[Value], events: &[Value]) {
    let complaints: Vec<&String> = records.iter().flat_map(|record| &record.complaints).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let mut of_run: BTreeMap<String, usize> = BTreeMap::new();
    for account in accounts {
        *of_run.entry(text(&account["run"])).or_default() += 1;
    }
    let shown = audit::reveals(events);
    for record in records {
        for (run, request) in &record.requests {
            let found = of_run.get(run).copied().unwrap_or_default();
            let is_whole = found == request.count || (found == 0 && !request.promised);
            assert!(is_whole, "{found} accounts of {run}: {request:?}");
        }
        for (account, seen) in &record.seen {
            let on_record = shown.get(account).copied().unwrap_or_default();
            assert!(
                on_record >= *seen,
                "the password of {account} was seen {seen} times, of which {on_record} are on record"
            );
        }
    }
}
