//! A service that takes its time, and carries out what it was told even if
//! nobody waits for it any more.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{Site, Target, eventually};

/// A service with the article's calls and a login, which can be held up.
#[derive(Debug)]
pub struct SlowTarget {
    target: Target,
    desk: Arc<Desk>,
}

/// Which calls wait: those that came before this one, counted from 1.
type Held = u64;

#[derive(Debug)]
struct Desk {
    books: Mutex<Books>,
    held: watch::Sender<Held>,
}

#[derive(Debug, Default)]
struct Books {
    accounts: BTreeMap<String, String>,
    received: Vec<String>,
    answered: Vec<String>,
    created: usize,
}

impl SlowTarget {
    /// An empty one, which does not wait.
    pub async fn start() -> Self {
        let desk = Arc::new(Desk { books: Mutex::default(), held: watch::Sender::new(0) });
        let router = Router::new().fallback(take).with_state(desk.clone());
        Self { target: Target::start(router).await, desk }
    }

    /// The service to register.
    pub fn service(&self, slug: &'static str) -> (Site, Value) {
        let site = Site::new(slug, self.target.url());
        let table = site.plain();
        (site, table)
    }

    /// From now on calls wait before they are carried out.
    pub fn hold(&self) {
        self.desk.held.send_replace(Held::MAX);
    }

    /// Holds only those that came already.
    pub fn let_further_calls_pass(&self) {
        let next = self.desk.books().received.len() as Held + 1;
        self.desk.held.send_replace(next);
    }

    /// Lets all calls be carried out.
    pub fn let_go(&self) {
        self.desk.held.send_replace(0);
    }

    /// How many calls came that begin so.
    pub fn calls(&self, what: &str) -> usize {
        self.desk.books().received.iter().filter(|call| call.starts_with(what)).count()
    }

    /// Waits until so many calls came that begin so.
    pub async fn received(&self, what: &str, times: usize) {
        let told = format!("{what} came {times} times");
        eventually(&told, async || (self.calls(what) >= times).then_some(())).await;
    }

    /// Waits until so many calls were carried out that begin so.
    pub async fn answered(&self, what: &str, times: usize) {
        let count = || self.desk.books().answered.iter().filter(|call| call.starts_with(what)).count();
        let told = format!("{what} was carried out {times} times");
        eventually(&told, async || (count() >= times).then_some(())).await;
    }

    /// How many accounts came to be.
    pub fn created(&self) -> usize {
        self.desk.books().created
    }

    /// The names of the accounts that exist.
    pub fn usernames(&self) -> Vec<String> {
        self.desk.books().accounts.keys().cloned().collect()
    }
}

impl Desk {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    async fn carry_out(&self, call: String, body: Value) -> (StatusCode, Json<Value>) {
        let number = {
            let mut books = self.books();
            books.received.push(call.clone());
            books.received.len() as Held
        };
        // The listing is the test's own.
        if call != "GET /accounts" {
            let mut held = self.held.subscribe();
            held.wait_for(|held| number >= *held).await.unwrap();
        }
        let answer = self.books().answer(&call, &body);
        self.books().answered.push(call);
        answer
    }
}

impl Books {
    fn answer(&mut self, call: &str, body: &Value) -> (StatusCode, Json<Value>) {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let (username, password) = (text("username"), text("password"));
        let status = match call.split_once(' ').unwrap() {
            ("POST", "/create_account") if self.accounts.contains_key(&username) => StatusCode::CONFLICT,
            ("POST", "/create_account") => {
                self.accounts.insert(username, password);
                self.created += 1;
                StatusCode::OK
            }
            ("POST", "/login") if self.accounts.get(&username) == Some(&password) => StatusCode::OK,
            ("POST", "/login") => StatusCode::UNAUTHORIZED,
            ("DELETE", path) => match self.accounts.remove(path.trim_start_matches("/delete_account/")) {
                Some(_) => StatusCode::OK,
                None => StatusCode::NOT_FOUND,
            },
            _ => StatusCode::OK,
        };
        let accounts: Vec<&String> = self.accounts.keys().collect();
        (status, Json(json!({ "ok": status == StatusCode::OK, "accounts": accounts })))
    }
}

async fn take(
    State(desk): State<Arc<Desk>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let call = format!("{method} {}", uri.path());
    let body = serde_json::from_slice(&body).unwrap_or_default();
    // A task of its own goes on when the caller is gone.
    tokio::spawn(async move { desk.carry_out(call, body).await }).await.unwrap()
}
