//! The doors, driven without a network and over a portal that is a fake.

mod api;
mod article;
mod changes;
mod description;
mod fake_portal;
mod problem_pages;
mod refusals;
mod sessions;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use domain::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use self::fake_portal::FakePortal;
use super::{Doors, Limits, Ready, router};

/// A token that may do everything, of a tester.
const TOKEN: &str = "us_everything";
/// A token that may only read accounts.
const READER: &str = "us_reader";

struct House {
    doors: Router,
    portal: Arc<FakePortal>,
    sessions: Sessions,
    shutdown: CancellationToken,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl House {
    fn new() -> Self {
        Self::with(Limits::default(), true)
    }

    fn with(limits: Limits, is_ready: bool) -> Self {
        let portal = Arc::new(FakePortal::default());
        let sessions = Sessions::default();
        let requests = AtomicU64::new(0);
        let doors = Doors {
            portal: portal.clone(),
            ready: Arc::new(Always(is_ready)),
            new_id: Arc::new(move || format!("request-{}", requests.fetch_add(1, Ordering::Relaxed))),
            now: Arc::new(|| Timestamp::from_millis(1_700_000_000_000)),
            secure_cookies: false,
            limits,
            trusted_proxies: Vec::new(),
        };
        let shutdown = CancellationToken::new();
        Self { doors: router(doors, sessions.clone(), shutdown.clone()), portal, sessions, shutdown }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.doors.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(as_token(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, json: &str) -> Answer {
        let request = as_token(Method::POST, path).header("content-type", "application/json");
        self.send(request.body(Body::from(json.to_owned())).unwrap()).await
    }
}

fn as_token(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("authorization", format!("Bearer {TOKEN}"))
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it is a problem document, whole and of that status; answers
    /// its code.
    fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let document = self.json();
        assert_eq!(document["status"], status);
        assert_eq!(document["instance"], self.header("x-request-id"));
        assert!(!document["detail"].as_str().unwrap().is_empty());
        document["code"].as_str().unwrap().to_owned()
    }

    fn pointers(&self) -> Vec<String> {
        let errors = self.json()["errors"].clone();
        errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

struct Always(bool);

#[async_trait]
impl Ready for Always {
    async fn is_ready(&self) -> bool {
        self.0
    }

    async fn metrics(&self) -> Option<String> {
        Some("# EOF\n".to_owned())
    }
}

/// Sessions in memory, and how often one was written.
#[derive(Clone, Debug, Default)]
struct Sessions {
    rows: Arc<Mutex<HashMap<Id, Record>>>,
    writes: Arc<AtomicU64>,
}

impl Sessions {
    fn put(&self, record: &Record) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.rows.lock().unwrap().insert(record.id, record.clone());
    }

    fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    fn count(&self) -> usize {
        self.rows.lock().unwrap().len()
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.put(record);
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.put(record);
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        Ok(self.rows.lock().unwrap().get(id).cloned())
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.rows.lock().unwrap().remove(id);
        Ok(())
    }
}
