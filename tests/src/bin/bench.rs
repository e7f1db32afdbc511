//! `cargo xtask bench`: how much the portal adds to what its services take,
//! as ratios against a floor that is measured in the same run. Everything is
//! real: the released program, the sandbox in a process of its own, HTTP, and
//! the database that is named as the argument.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "whatever goes wrong ends the program, and its results are for the terminal"
)]

use std::{
    env,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{Api, Database, Program, Running};
use tokio::task::JoinSet;

/// How long the sandbox takes for each call.
const LATENCY: &str = "20ms";
/// How many accounts a batch has.
const ACCOUNTS: usize = 1_000;
/// How many calls run at a time.
const AT_A_TIME: usize = 32;
/// How many single creations are measured: enough that the slowest hundredth
/// is more than a hiccup of the machine.
const SINGLE: usize = 600;

#[tokio::main]
async fn main() -> ExitCode {
    let database = match env::args().nth(1).as_deref() {
        Some("postgres") => Database::Postgres,
        _ => Database::Sqlite,
    };
    println!("{database:?}, {ACCOUNTS} accounts, {LATENCY} latency, {AT_A_TIME} at a time\n");
    let bench = Bench::start(database).await;
    let mut table = Table::default();

    table.at_most("memory of the idle portal, MB", bench.megabytes(), 40.0);

    let floor = bench.floor(0..ACCOUNTS).await;
    println!("floor: {ACCOUNTS} creations straight on the service took {floor:.2?}\n");
    let Batch { created, chained, cleaned } = bench.batch().await;
    table.at_most("creating a batch, times the floor", ratio(created, floor), 2.1);
    table.at_most("until its events are chained too, times creating it", ratio(chained, created), 1.25);
    table.at_most("cleaning it up with confirmation, times the floor", ratio(cleaned, floor), 4.2);

    let (straight, through) = bench.straight_and_through().await;
    let added = (p50(&through).as_secs_f64() - p50(&straight).as_secs_f64()) * 1_000.0;
    table.at_most("one creation: added to the service's own time at p50, ms", added, 5.0);

    let beside_dead = bench.beside_a_dead_service().await;
    table.at_most(
        "one creation beside a dead service with a backlog, times p99",
        ratio(p99(&beside_dead), p99(&through)),
        1.2,
    );
    println!("memory after all that: {:.0} MB", bench.megabytes());
    bench.portal.stop().await;
    table.verdict()
}

/// What was measured, and what is allowed.
#[derive(Default)]
struct Table {
    missed: usize,
}

impl Table {
    fn at_most(&mut self, what: &str, measured: f64, limit: f64) {
        let verdict = if measured <= limit { "ok" } else { "TOO MUCH" };
        self.missed += usize::from(measured > limit);
        println!("{what}: {measured:.2} (at most {limit}) {verdict}");
    }

    fn verdict(self) -> ExitCode {
        if self.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn ratio(measured: Duration, floor: Duration) -> f64 {
    measured.as_secs_f64() / floor.as_secs_f64()
}

fn p50(times: &[Duration]) -> Duration {
    quantile(times, 50)
}

fn p99(times: &[Duration]) -> Duration {
    quantile(times, 99)
}

fn quantile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

struct Bench {
    _program: Program,
    _sandbox_program: Program,
    _sandbox: Running,
    sandbox: String,
    portal: Running,
    api: Api,
}

impl Bench {
    async fn start(database: Database) -> Self {
        let program = Program::new(database).await;
        let sandbox_program = Program::new(Database::Sqlite).await;
        let sandbox =
            sandbox_program.start(&["sandbox", "--listen", "127.0.0.1:0", "--latency", LATENCY]).await;
        let url = sandbox.url.clone();
        program.add_person("bench", "tester", "only-for-the-bench").await;
        let token = program.issue_token("bench").await;
        for (slug, url) in [("bench", url.as_str()), ("dead", "http://127.0.0.1:9")] {
            let table = toml::to_string(&json!({ "service": [service(slug, url)] })).unwrap();
            let file = program.write(&format!("{slug}.toml"), &table);
            program.run(&["service", "apply", &file]).await.success();
        }
        let portal = program.serve().await;
        let api = Api::new(portal.url.clone(), Some(token));
        // What starting up has to do is done.
        tokio::time::sleep(Duration::from_secs(2)).await;
        Self {
            _program: program,
            _sandbox_program: sandbox_program,
            _sandbox: sandbox,
            sandbox: url,
            portal,
            api,
        }
    }

    /// The portal's resident memory.
    fn megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.portal.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1_024.0
    }

    /// The time that the service itself takes for so many accounts, asked by a
    /// client that does nothing else.
    async fn floor(&self, which: std::ops::Range<usize>) -> Duration {
        let next = Arc::new(AtomicUsize::new(which.start));
        let begun = Instant::now();
        let mut clients = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let (next, end, service) = (next.clone(), which.end, Api::new(self.sandbox.clone(), None));
            clients.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= end {
                        return;
                    }
                    create_straight(&service, n).await;
                }
            });
        }
        clients.join_all().await;
        begun.elapsed()
    }

    async fn batch(&self) -> Batch {
        let begun = Instant::now();
        let labels = json!({ "bench": "batch" });
        let body = json!({ "services": ["bench"], "count": ACCOUNTS, "labels": labels });
        let batch = self.api.post("/api/v1/accounts", &body).await.expect(202);
        let batch = self.finished(&batch).await;
        let created = begun.elapsed();
        self.all_is_chained().await;
        let chained = begun.elapsed();
        assert_eq!((&batch["done"], &batch["failed"]), (&json!(ACCOUNTS), &json!(0)));
        let begun = Instant::now();
        let batch = self.api.post("/api/v1/cleanups", &json!({ "labels": labels })).await.expect(202);
        let batch = self.finished(&batch).await;
        assert_eq!(batch["done"], json!(ACCOUNTS));
        Batch { created, chained, cleaned: begun.elapsed() }
    }

    /// Waits until the chain holds all events.
    async fn all_is_chained(&self) {
        loop {
            let metrics = self.api.get("/metrics").await.text;
            if metrics.lines().any(|line| line == "understudy_unsealed_events 0") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Listens to the batch until it is finished.
    async fn finished(&self, batch: &Value) -> Value {
        let path = format!("/api/v1/batches/{}", batch["id"].as_str().unwrap());
        let mut stream = self.api.call(http::Method::GET, &format!("{path}/events")).open().await;
        while stream.next_message().await.is_some() {}
        let batch = self.api.get(&path).await.expect(200);
        assert_eq!(batch["state"], "finished");
        batch
    }

    /// Single creations straight on the service, and through the portal: by
    /// turns of fifty, so that a machine that is slow for a while is so for
    /// both.
    async fn straight_and_through(&self) -> (Vec<Duration>, Vec<Duration>) {
        let service = Api::new(self.sandbox.clone(), None);
        let (mut straight, mut through) = (Vec::new(), Vec::new());
        while through.len() < SINGLE {
            for _ in 0..50 {
                straight.push(timed(create_straight(&service, ACCOUNTS + straight.len())).await);
            }
            for _ in 0..50 {
                through.push(timed(self.create()).await);
            }
        }
        (straight, through)
    }

    async fn create(&self) {
        self.api.post("/api/v1/accounts", &json!({ "services": ["bench"] })).await.expect(201);
    }

    /// Single creations while a hundred accounts wait for a service that is
    /// down.
    async fn beside_a_dead_service(&self) -> Vec<Duration> {
        let body = json!({ "services": ["dead"], "count": 100 });
        self.api.post("/api/v1/accounts", &body).await.expect(202);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut times = Vec::new();
        for _ in 0..SINGLE {
            times.push(timed(self.create()).await);
        }
        times
    }
}

/// How long a batch takes from the request on.
struct Batch {
    /// To its last account.
    created: Duration,
    /// Until the audit's chain holds its events.
    chained: Duration,
    /// From the request for its cleanup until the last account is proven gone.
    cleaned: Duration,
}

async fn timed(work: impl Future<Output = ()>) -> Duration {
    let begun = Instant::now();
    work.await;
    begun.elapsed()
}

async fn create_straight(service: &Api, n: usize) {
    let body = json!({ "username": format!("floor_{n}"), "password": "x" });
    assert_eq!(service.post("/create_account", &body).await.status, 200);
}

/// A service that confirms removals, and bears as many calls as the floor.
fn service(slug: &str, url: &str) -> Value {
    json!({
        "slug": slug,
        "environment": "dev",
        "base_url": url,
        "connector": "article",
        "policy": { "concurrency": AT_A_TIME, "max_active_per_person": 100_000 },
        "http": { "gone": { "request": "GET /accounts/{{ username }}" } },
    })
}
