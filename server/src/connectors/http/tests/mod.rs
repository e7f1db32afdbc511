//! The connector against a real HTTP server.

mod calls;
mod changes;
mod encoding;
mod guard;
mod limits;
mod lists;
mod logins;
mod steps;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::id::ServiceId;
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener};

use super::{Connectors, Limits, Registered, client::Lookup, fixtures::identity};
use crate::connectors::{
    Answer, Change, Class, Connector, ConnectorError, Creation, Guard, GuardSettings, Identity, Name,
    Presence, Removal, ServiceDefinition, ServiceSecrets, Verification, service_secrets::NothingSealed,
};
use crate::world::World;

/// Answers each request with the next of the given answers, and keeps what
/// was asked.
#[derive(Clone)]
struct Target {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    line: String,
    authorization: Option<String>,
    content_type: Option<String>,
    cookie: Option<String>,
    signature: Option<String>,
    body: String,
}

type Answers = Arc<Mutex<Vec<Response>>>;

impl Target {
    async fn answering(answers: impl IntoIterator<Item = Response>) -> Self {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        let answers: Answers = Arc::new(Mutex::new(answers));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state((Arc::clone(&seen), answers));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn answer(
    State((seen, answers)): State<(Arc<Mutex<Vec<Seen>>>, Answers)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name| parts.headers.get(name).map(|v| String::from_utf8(v.as_bytes().to_vec()).unwrap());
    let mut now = Seen {
        line: format!("{} {}", parts.method, parts.uri),
        authorization: header(header::AUTHORIZATION),
        content_type: header(header::CONTENT_TYPE),
        cookie: header(header::COOKIE),
        signature: header(header::HeaderName::from_static("x-signature")),
        body: String::new(),
    };
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    now.body = String::from_utf8(body.to_vec()).unwrap();
    seen.lock().unwrap().push(now);
    let next = answers.lock().unwrap().pop();
    next.unwrap_or_else(|| StatusCode::IM_A_TEAPOT.into_response())
}

fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

fn limits() -> Limits {
    Limits { connect: Duration::from_millis(500), total: Duration::from_millis(300), body: 4096 }
}

fn registered(definition: ServiceDefinition) -> Registered {
    let id = ServiceId(uuid::Uuid::nil());
    Registered { id, definition, sealed: None, disproved: Vec::new() }
}

fn no_secrets() -> ServiceSecrets {
    ServiceSecrets::new(Arc::new(NothingSealed), None, Duration::from_secs(1)).unwrap()
}

fn connector_with(table: Value, settings: GuardSettings) -> Arc<dyn Connector> {
    let definition = ServiceDefinition::restore(&table).unwrap();
    Connectors::new(Guard::new(settings), limits(), no_secrets(), World::system())
        .unwrap()
        .connect(registered(definition))
}

/// Creates an account under a name that was never sent before.
async fn create(connector: &dyn Connector, who: &Identity) -> Result<Answer<Creation>, ConnectorError> {
    connector.create(who, Name::New).await
}

fn connector(base_url: &str, http: Value) -> Arc<dyn Connector> {
    let table = json!({
        "slug": "orders", "environment": "test", "base_url": base_url, "connector": "article", "http": http,
    });
    connector_with(table, GuardSettings::default())
}

/// The operations that are changes, and `gone`, as a plain REST API has them.
fn operations() -> Value {
    json!({
        "reset": {
            "request": "PUT /accounts/{{ username }}/password",
            "json": { "password": "{{ password }}" },
        },
        "disable": { "request": "POST /accounts/{{ username }}/disable" },
        "enable": { "request": "POST /accounts/{{ username }}/enable" },
        "gone": { "request": "GET /accounts/{{ username }}" },
    })
}
