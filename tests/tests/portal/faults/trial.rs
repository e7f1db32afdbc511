//! The real program with its services, to see what becomes of them when it
//! dies.

use std::{collections::BTreeSet, time::Duration};

use domain::Timestamp;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use server::world::{Clock, SystemClock};
use tests::{Api, Database, Program, Running, Site};
use tokio::time::{Instant, sleep};

use super::audit;

/// Longer than claims, time-outs and backoff take together.
const PATIENCE: Duration = Duration::from_secs(150);

/// Leases that end sooner than this are waited for.
const SOON: i64 = 10 * 60 * 1_000;

/// The program, its services, and somebody who may do everything.
pub struct Trial {
    /// The program.
    pub program: Program,
    /// Its services: sandboxes.
    pub sites: Vec<Site>,
    token: String,
}

impl Trial {
    /// Who holds all accounts.
    pub const LOGIN: &str = "tester";

    /// How they sign in.
    pub const PASSWORD: &str = "Kestrel-canary-4481";

    /// Registers the services with a new portal, which waits for a call for a
    /// second.
    pub async fn new(database: Database, services: Vec<(Site, Value)>) -> Self {
        let program = Program::new(database).await;
        program.write("understudy.toml", "call_timeout = \"1s\"\n");
        let (sites, tables): (Vec<Site>, Vec<Value>) = services.into_iter().unzip();
        program.apply_services(&tables).await;
        program.add_person(Self::LOGIN, "admin", Self::PASSWORD).await;
        let token = program.issue_token(Self::LOGIN).await;
        Self { program, sites, token }
    }

    /// A client of the portal.
    pub fn api(&self, portal: &Running) -> Api {
        self.api_at(&portal.url)
    }

    /// A client of a portal at that address.
    pub fn api_at(&self, url: &str) -> Api {
        Api::new(url, Some(self.token.clone()))
    }

    /// Every account, the oldest first, once there is nothing more to do but
    /// to wait for leases that are long.
    pub async fn converged(&self, portal: &Running) -> Vec<Value> {
        self.once_all(portal, is_at_rest).await
    }

    /// Every account, the oldest first, once all of them are so.
    async fn once_all(&self, portal: &Running, is_so: fn(&Value) -> bool) -> Vec<Value> {
        let (api, begun) = (self.api(portal), Instant::now());
        loop {
            let accounts = api.all("/api/v1/accounts").await;
            let restless: Vec<&Value> = accounts.iter().filter(|account| !is_so(account)).collect();
            if restless.is_empty() {
                return accounts;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "these never come to rest: {restless:#?}\n{}",
                portal.stderr()
            );
            for account in restless {
                hurry(&api, account).await;
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Checks that target, ledger and audit agree; answers the ledger.
    pub async fn agree(&self, portal: &Running) -> Vec<Value> {
        let accounts = self.converged(portal).await;
        self.services_have_what_the_ledger_says(&accounts).await;
        self.passwords_work(portal, &accounts).await;
        audit::agrees(&accounts, &self.api(portal).all("/api/v1/events").await);
        accounts
    }

    /// Takes all away that is left, checks that it is gone, stops the portal,
    /// and checks that the audit is whole.
    pub async fn end(self, portal: Running) {
        let all = json!({ "requested_by": Self::LOGIN });
        self.api(&portal).post("/api/v1/cleanups", &all).await.expect(202);
        self.once_all(&portal, |account| account["ended_at"].is_string()).await;
        self.agree(&portal).await;
        for site in &self.sites {
            assert_eq!(site.usernames().await, BTreeSet::new(), "{}", site.slug);
        }
        assert_eq!(portal.stop().await.code, 0);
        self.program.run(&["audit", "verify"]).await.success();
    }

    async fn services_have_what_the_ledger_says(&self, accounts: &[Value]) {
        for site in &self.sites {
            let on_site = accounts.iter().flat_map(enrollments).filter(|on| on["service"] == site.slug);
            let expected: BTreeSet<String> =
                on_site.filter(|on| on["state"] == "active").map(|on| text(&on["username"])).collect();
            let found = site.usernames().await;
            let orphans: Vec<&String> = found.difference(&expected).collect();
            let missing: Vec<&String> = expected.difference(&found).collect();
            assert!(orphans.is_empty() && missing.is_empty(), "orphans {orphans:?}, missing {missing:?}");
        }
    }

    /// What is active can be used with what is revealed; what is frozen, not.
    async fn passwords_work(&self, portal: &Running, accounts: &[Value]) {
        let api = self.api(portal);
        let usable =
            accounts.iter().filter(|account| account["state"] == "active" || account["state"] == "frozen");
        let checks = usable.map(async |account| {
            let reveal = format!("/api/v1/accounts/{}/reveal", text(&account["id"]));
            let credentials = api.order(&reveal).await.expect(200);
            for on in credentials["services"].as_array().unwrap() {
                let site = self.sites.iter().find(|site| on["service"] == site.slug).unwrap();
                let works = site.accepts(&text(&on["username"]), &text(&on["secret"])).await;
                assert_eq!(works, account["state"] == "active", "{account:#}");
            }
        });
        stream::iter(checks).buffer_unordered(8).collect::<Vec<()>>().await;
    }
}

/// Nothing is under way with it, and nothing will be soon.
fn is_at_rest(account: &Value) -> bool {
    let now = SystemClock::default().now();
    let ends_soon = || {
        let end: Timestamp = account["expires_at"].as_str().unwrap().parse().unwrap();
        end.millis_since(now) < SOON
    };
    match account["state"].as_str().unwrap() {
        "provisioning" | "revoking" => false,
        "active" | "frozen" => !ends_soon() && enrollments(account).all(|on| on["next_attempt_at"].is_null()),
        _ => true,
    }
}

/// The account's services.
pub fn enrollments(account: &Value) -> impl Iterator<Item = &Value> {
    account["services"].as_array().unwrap().iter()
}

/// What the value says, which is a text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Has tried at once what is far away, since services that fail at random have
/// failed too often, and processes that died left what nobody heard of: a
/// removal is hurried, and another password asked for.
async fn hurry(api: &Api, account: &Value) {
    let soon = SystemClock::default().now().plus_millis(20_000);
    let is_far = |on: &&Value| {
        let due = on["next_attempt_at"].as_str().and_then(|due| due.parse::<Timestamp>().ok());
        due.is_some_and(|due| due > soon)
    };
    let Some(on) = enrollments(account).find(is_far) else { return };
    let path = match text(&on["state"]).as_str() {
        "removing" => format!("/api/v1/debt/{}/retry", text(&on["id"])),
        "active" if account["state"] == "active" => {
            format!("/api/v1/accounts/{}/reset", text(&account["id"]))
        }
        _ => return,
    };
    let answer = api.call(http::Method::POST, &path).header("prefer", "respond-async").send().await;
    // 409 where it has gone, or is frozen, meanwhile.
    assert!(matches!(answer.status, 200 | 202 | 409), "{}", answer.text);
}
