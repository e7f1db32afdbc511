//! The doors: pages, JSON API, the article's calls, live updates, health.
//!
//! A door resolves who acts, reads what is asked for, calls the portal and
//! shows its answer. No rule of the portal's business lives here.

mod api;
mod assets;
mod body;
mod client;
mod compat;
mod docs;
mod export;
mod guard;
mod headers;
mod health;
mod live;
mod oauth;
mod outcome;
mod pages;
mod path;
mod prefer;
mod problem;
mod provider;
mod query;
mod request_id;
mod retry_key;
mod serve;
mod session;
mod sign_in;
mod sign_ins;
mod sse;
#[cfg(test)]
mod tests;
mod throttle;
mod token;

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State as StateOf},
    http::Method,
    middleware::{Next, from_fn, from_fn_with_state, map_response_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use domain::{Portal, Timestamp};
use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    timeout::RequestBodyTimeoutLayer, trace::TraceLayer,
};
use tower_sessions::SessionStore;

use crate::identity::CALLBACK;

pub use self::{
    health::Ready,
    serve::serve,
    session::COOKIE,
    throttle::{Limit, Limits},
};
use self::{request_id::RequestId, sign_ins::SignIns, throttle::Throttle};

/// How long a request's body may be, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// For how long a request's body may pause.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// What the doors are given.
#[derive(Clone)]
pub struct Doors {
    /// Everything that can be done.
    pub portal: Arc<dyn Portal>,
    /// Whether it can be done now.
    pub ready: Arc<dyn Ready>,
    /// Makes the ids of requests; they are written into headers, log and audit.
    pub new_id: Arc<dyn Fn() -> String + Send + Sync>,
    /// The time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whether browsers may send the session's cookie over TLS only.
    pub secure_cookies: bool,
    /// How many failed attempts are borne, and how many requests.
    pub limits: Limits,
    /// Who may say where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
}

/// What the handlers share.
#[derive(Clone)]
struct Shared(Arc<State>);

struct State {
    portal: Arc<dyn Portal>,
    ready: Arc<dyn Ready>,
    new_id: Arc<dyn Fn() -> String + Send + Sync>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    wrong_tokens: Throttle<IpAddr>,
    sign_ins: SignIns,
    openapi: Bytes,
    shutdown: CancellationToken,
    secure_cookies: bool,
    requests: Option<Throttle<IpAddr>>,
    trusted_proxies: Vec<IpNet>,
}

impl std::ops::Deref for Shared {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

/// All doors. Serve it with the client's address as `ConnectInfo<SocketAddr>`;
/// `shutdown` ends the streams that would else stay open.
pub fn router<S: SessionStore + Clone>(doors: Doors, sessions: S, shutdown: CancellationToken) -> Router {
    let (api, openapi) = described();
    let shared = Shared(Arc::new(State {
        portal: doors.portal,
        ready: doors.ready,
        new_id: doors.new_id,
        now: doors.now,
        wrong_tokens: Throttle::new(doors.limits.tokens),
        sign_ins: SignIns::new(&doors.limits),
        openapi,
        shutdown,
        secure_cookies: doors.secure_cookies,
        requests: doors.limits.requests.map(Throttle::new),
        trusted_proxies: doors.trusted_proxies,
    }));
    let by_session = routed(by_session())
        .merge(pages::router())
        .fallback(pages::fallback)
        .layer(from_fn_with_state(shared.clone(), sign_in::throttle));
    let by_session = guarded(by_session)
        .layer(from_fn_with_state(shared.clone(), pages::explain))
        .layer(from_fn_with_state(shared.clone(), session::greet))
        .layer(session::layer(sessions, doors.secure_cookies));
    // Nothing else is compressed: the length would give away what it holds.
    let public = routed(public()).layer(CompressionLayer::new());
    by_session
        .merge(guarded(public.merge(api)))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(shared.clone(), not_too_many))
        .layer(from_fn_with_state(shared.clone(), client::find))
        .layer(from_fn(problem::describe))
        .layer(map_response_with_state(shared.clone(), headers::harden))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(from_fn_with_state(shared.clone(), request_id::number))
        .with_state(shared)
}

/// Lets a request pass unless its client has sent too many, where the operator
/// says how many are.
async fn not_too_many(StateOf(shared): StateOf<Shared>, request: Request, next: Next) -> Response {
    let counted =
        shared.requests.as_ref().map(|requests| requests.count(&client::counted_as(request.extensions())));
    match counted {
        Some(Err(problem)) => problem::ApiProblem(problem).into_response(),
        Some(Ok(())) | None => next.run(request).await,
    }
}

/// What stands between every request and its handler.
fn guarded(router: Router<Shared>) -> Router<Shared> {
    router
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(from_fn(guard::same_site_only))
        .layer(CatchPanicLayer::custom(problem::panicked))
}

/// Every route there is, with its method: so that a test can miss none.
pub fn routes() -> Vec<(Method, String)> {
    let document = api::routes().into_openapi();
    let described = document.paths.paths.into_iter().flat_map(|(path, item)| {
        let offered = [
            (Method::GET, item.get.is_some()),
            (Method::POST, item.post.is_some()),
            (Method::PUT, item.put.is_some()),
            (Method::PATCH, item.patch.is_some()),
            (Method::DELETE, item.delete.is_some()),
        ];
        offered
            .into_iter()
            .filter(|(_, is_offered)| *is_offered)
            .map(move |(method, _)| (method, path.clone()))
    });
    let plain = by_session().into_iter().chain(public());
    let plain = plain.map(|(path, _)| (Method::GET, path.to_owned()));
    described.chain(plain).chain(pages::routes()).collect()
}

/// The routes that the API's description tells of, and that description.
fn described() -> (Router<Shared>, Bytes) {
    let (router, mut document) = api::routes().split_for_parts();
    api::describe(&mut document);
    // A description made of strings and numbers always has a JSON form.
    let json = document.to_json().unwrap_or_default();
    (router, json.into())
}

fn routed<const N: usize>(routes: [(&'static str, MethodRouter<Shared>); N]) -> Router<Shared> {
    routes.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
}

/// What is behind the session and is no page: all of it GET.
fn by_session() -> [(&'static str, MethodRouter<Shared>); 4] {
    [
        ("/live", get(live::watch)),
        ("/audit/export", get(export::by_session)),
        (provider::BEGIN, get(provider::begin)),
        (CALLBACK, get(provider::callback)),
    ]
}

/// What anybody may have: all of it GET.
fn public() -> [(&'static str, MethodRouter<Shared>); 6] {
    [
        (assets::ROUTE, get(assets::serve)),
        (docs::DOCUMENT, get(docs::document)),
        (docs::SERVICE_FILE, get(docs::service_file)),
        ("/api/docs", get(docs::page)),
        ("/api/docs/", get(docs::page)),
        ("/api/docs/{*file}", get(docs::file)),
    ]
}

/// What the log says of a request: nothing that somebody typed or sent as a
/// header.
fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>().map_or("", |RequestId(id)| id.as_str());
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}
