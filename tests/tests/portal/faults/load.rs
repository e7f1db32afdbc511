//! Clients that ask for accounts and do all that can be done with them, and
//! do not mind that the portal dies over it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use http::Method;
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};
use tests::{Answer, Api};
use tokio::{sync::watch, time::sleep};

use super::trial::text;

const ACCOUNTS: &str = "/api/v1/accounts";

/// A client that goes on until it is told to stop.
pub struct Client {
    /// What its runs begin with.
    pub name: String,
    /// Whatever it does by chance.
    pub rng: StdRng,
    /// Where the portal is now.
    pub portal: watch::Receiver<String>,
    /// With whose token it calls.
    pub api: Api,
    /// The services that it asks for accounts on.
    pub services: Vec<&'static str>,
    /// Whether to stop.
    pub stop: Arc<AtomicBool>,
}

/// What a client has asked for and heard.
#[derive(Debug, Default)]
pub struct Record {
    /// Its requests, by run.
    pub requests: BTreeMap<String, Request>,
    /// How often it has seen the password of an account.
    pub seen: BTreeMap<String, usize>,
    /// How many answers it has heard.
    pub heard: usize,
    /// How many answers it has not heard.
    pub lost: usize,
    /// Answers that nobody should get, whatever dies.
    pub complaints: Vec<String>,
}

/// A request for accounts.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// How many.
    pub count: usize,
    /// Whether it was heard that they will come.
    pub promised: bool,
}

/// An account as the client knows it.
struct Held {
    id: String,
    run: String,
}

struct Working {
    client: Client,
    record: Record,
    held: Vec<Held>,
}

impl Client {
    /// Does one thing after another.
    pub async fn work(self) -> Record {
        let mut working = Working { client: self, record: Record::default(), held: Vec::new() };
        while !working.client.stop.load(SeqCst) {
            working.do_something().await;
            let pause = working.client.rng.random_range(0..40);
            sleep(Duration::from_millis(pause)).await;
        }
        working.record
    }
}

impl Working {
    async fn do_something(&mut self) {
        if self.held.is_empty() {
            return self.request().await;
        }
        let lot = self.client.rng.random_range(0..100);
        let nth = self.client.rng.random_range(0..self.held.len());
        let account = format!("{ACCOUNTS}/{}", self.held[nth].id);
        let key = self.key();
        match lot {
            0..30 => self.request().await,
            30..50 => self.reveal(nth).await,
            50..58 => {
                let body = json!({ "ttl": "2h" });
                self.ask(Method::POST, &format!("{account}/renew"), Some(&body), Some(&key)).await;
            }
            58..66 => {
                self.ask(Method::POST, &format!("{account}/reset"), None, Some(&key)).await;
            }
            66..69 => {
                self.ask(Method::POST, &format!("{account}/freeze"), None, Some(&key)).await;
            }
            69..73 => {
                self.ask(Method::POST, &format!("{account}/unfreeze"), None, Some(&key)).await;
            }
            73..93 => {
                self.held.swap_remove(nth);
                self.ask(Method::DELETE, &account, None, None).await;
            }
            _ => {
                let run = self.held[nth].run.clone();
                self.held.retain(|held| held.run != run);
                let body = json!({ "run": run });
                self.ask(Method::POST, "/api/v1/cleanups", Some(&body), Some(&key)).await;
            }
        }
    }

    fn key(&mut self) -> String {
        format!("{}-{:032x}", self.client.name, self.client.rng.random::<u128>())
    }

    /// Asks for one account, or for some as a batch. Where the answer is lost
    /// it asks once more with the same key, or looks what there is.
    async fn request(&mut self) {
        let run = format!("{}:{}", self.client.name, self.record.requests.len());
        let count = if self.client.rng.random_bool(0.12) { self.client.rng.random_range(2..5) } else { 1 };
        let some = self.client.rng.random_range(0..self.client.services.len());
        let services = match self.client.rng.random_bool(0.4) {
            true => self.client.services.clone(),
            false => vec![self.client.services[some]],
        };
        let ttl = if self.client.rng.random_bool(0.15) { "5s" } else { "2h" };
        let body = json!({ "services": services, "run": run, "ttl": ttl, "count": count });
        let key = self.key();
        let mut answer = self.ask(Method::POST, ACCOUNTS, Some(&body), Some(&key)).await;
        if answer.is_none() && self.client.rng.random_bool(0.5) {
            answer = self.ask(Method::POST, ACCOUNTS, Some(&body), Some(&key)).await;
        }
        let promised = answer.as_ref().is_some_and(|answer| matches!(answer.status, 201 | 202));
        self.record.requests.insert(run.clone(), Request { count, promised });
        match answer {
            Some(answer) if promised && count == 1 => {
                let account = answer.json();
                let id = text(&account["id"]);
                if account["credentials"].is_object() {
                    *self.record.seen.entry(id.clone()).or_default() += 1;
                }
                self.held.push(Held { id, run });
            }
            _ => self.look(&run).await,
        }
    }

    /// Takes what there is of that run.
    async fn look(&mut self, run: &str) {
        let listed = self.ask(Method::GET, &format!("{ACCOUNTS}?run={run}"), None, None).await;
        for account in listed.filter(|list| list.status == 200).iter().flat_map(Answer::items) {
            self.held.push(Held { id: text(&account["id"]), run: run.to_owned() });
        }
    }

    async fn reveal(&mut self, nth: usize) {
        let id = self.held[nth].id.clone();
        let answer = self.ask(Method::POST, &format!("{ACCOUNTS}/{id}/reveal"), None, None).await;
        if answer.is_some_and(|answer| answer.status == 200) {
            *self.record.seen.entry(id).or_default() += 1;
        }
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Option<Answer> {
        let api = self.client.api.at(self.client.portal.borrow().clone());
        let mut call = api.call(method.clone(), path);
        if let Some(body) = body {
            call = call.json(body);
        }
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        // Most do not wait: what they ask for is under way when they go on.
        let wait = if self.client.rng.random_bool(0.2) { 2 } else { 0 };
        let answer = call.header("prefer", &format!("wait={wait}")).send_perhaps().await;
        match &answer {
            None => {
                self.record.lost += 1;
                sleep(Duration::from_millis(50)).await;
            }
            Some(answer) => {
                self.record.heard += 1;
                // 404 would mean that something was forgotten.
                if !matches!(answer.status, 200 | 201 | 202 | 409 | 429) {
                    let complaint = format!("{method} {path}: {} {}", answer.status, answer.text);
                    self.record.complaints.push(complaint);
                }
            }
        }
        answer
    }
}
