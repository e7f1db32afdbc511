//! A service that answers what a test wants.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::Target;

/// A call that the service received.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Method and path, such as `POST /create_account`.
    pub what: String,
    /// The body; null where it was no JSON.
    pub body: Value,
}

impl Received {
    /// Whether an account is to be created.
    pub fn is_create(&self) -> bool {
        self.what == "POST /create_account"
    }

    /// Whether a login is to be checked.
    pub fn is_login(&self) -> bool {
        self.what == "POST /login"
    }

    /// Whether an account is to be deleted.
    pub fn is_delete(&self) -> bool {
        self.what.starts_with("DELETE /delete_account/")
    }
}

/// What the service answers.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    body: Value,
    after: Duration,
    header: Option<(&'static str, &'static str)>,
}

impl Reply {
    /// An answer with that status.
    pub fn status(status: u16) -> Self {
        Self { status, body: json!({}), after: Duration::ZERO, header: None }
    }

    /// With that body.
    pub fn body(self, body: Value) -> Self {
        Self { body, ..self }
    }

    /// With that header.
    pub fn header(self, name: &'static str, value: &'static str) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// Only after that time.
    pub fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

type Script = dyn Fn(&Received) -> Reply + Send + Sync;

struct Stage {
    script: Mutex<Arc<Script>>,
    received: Mutex<Vec<Received>>,
    deleted: Mutex<HashSet<String>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// A service that answers what a test wants, and remembers what it was asked.
/// In one thing it follows no script: nobody can sign in with an account that
/// it has deleted.
pub struct ScriptedTarget {
    /// The service, to take it down and back.
    pub target: Target,
    stage: Arc<Stage>,
}

impl ScriptedTarget {
    /// Answers by the script.
    pub async fn start(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let stage = Arc::new(Stage {
            script: Mutex::new(Arc::new(script)),
            received: Mutex::default(),
            deleted: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(play).with_state(stage.clone());
        Self { target: Target::start(router).await, stage }
    }

    /// Answers by another script from now on.
    pub fn now(&self, script: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.stage.script.lock().unwrap() = Arc::new(script);
    }

    /// All calls so far.
    pub fn received(&self) -> Vec<Received> {
        self.stage.received.lock().unwrap().clone()
    }

    /// How many calls were under way at a time, at the most.
    pub fn most_at_once(&self) -> usize {
        self.stage.most_at_once.load(Ordering::SeqCst)
    }
}

impl Stage {
    fn sane(&self, call: &Received, reply: Reply) -> Reply {
        let mut deleted = self.deleted.lock().unwrap();
        let username = call.body["username"].as_str().unwrap_or_default();
        if call.is_delete() && matches!(reply.status, 200..=299 | 404 | 410) {
            deleted.extend(call.what.rsplit('/').next().map(str::to_owned));
        } else if call.is_create() && reply.status < 300 {
            deleted.remove(username);
        } else if call.is_login() && reply.status < 300 && deleted.contains(username) {
            return Reply::status(401);
        }
        reply
    }
}

async fn play(State(stage): State<Arc<Stage>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let under_way = stage.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    stage.most_at_once.fetch_max(under_way, Ordering::SeqCst);
    let received = Received {
        what: format!("{method} {}", uri.path()),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    stage.received.lock().unwrap().push(received.clone());
    let script = stage.script.lock().unwrap().clone();
    let reply = stage.sane(&received, script(&received));
    tokio::time::sleep(reply.after).await;
    stage.under_way.fetch_sub(1, Ordering::SeqCst);
    let header = AppendHeaders(reply.header);
    (StatusCode::from_u16(reply.status).unwrap(), header, Json(reply.body)).into_response()
}
