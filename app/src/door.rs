//! What the server mounts: pages and server functions, each as one function
//! from request to response.

use axum::{
    body::{Body, to_bytes},
    http::{
        HeaderMap, HeaderValue, Request, Response, StatusCode, Uri,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::IntoResponse,
};
use domain::{Problem, ProblemKind};
use futures::{StreamExt, stream};
use leptos::{prelude::*, server_fn};
use leptos_axum::{generate_route_list, handle_response_inner, handle_server_fns_with_context};

use crate::{
    ActionError, App,
    exchange::{PROBLEM, PlainForm, status_of},
    pages::{ProblemPage, ShownOnce, ShownOncePage},
    shell::Shell,
};

pub use crate::exchange::Context;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The paths of all pages, as axum writes them. All answer `GET`.
pub fn page_paths() -> Vec<String> {
    generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect()
}

/// The paths of all server functions. All answer `POST`.
pub fn action_paths() -> Vec<&'static str> {
    server_fn::axum::server_fn_paths().map(|(path, _)| path).collect()
}

/// Answers with the page at the request's path; with a page that says so
/// where there is none, so it serves as fallback too.
pub async fn page(context: Context, request: Request<Body>) -> Response<Body> {
    render(context, request, || view! { <App /> }).await
}

/// Answers with a page that explains the problem, with its status.
pub async fn problem_page(context: Context, at: Uri, problem: Problem) -> Response<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = at;
    render(context, request, move || {
        view! {
            <Shell>
                <ProblemPage problem=problem />
            </Shell>
        }
    })
    .await
}

/// Carries out the server function at the request's path.
///
/// A plain form is sent on to a page; where that cannot be, it gets the
/// problem as a page. Everybody else gets JSON.
pub async fn action(context: Context, mut request: Request<Body>) -> Response<Body> {
    let plain = PlainForm(accepts_html(request.headers()));
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    // Without it, leptos leaves the redirects of plain forms to us.
    request.headers_mut().remove(ACCEPT);
    if !action_paths().contains(&uri.path()) {
        let problem = Problem::new(ProblemKind::NotFound, text!("problem-page-missing"));
        return refuse(context, plain, uri, problem).await;
    }
    let provided = context.clone();
    let provide = move || {
        provide_context(provided.clone());
        provide_context(plain);
    };
    let mut answer = handle_server_fns_with_context(provide, request).await.into_response();
    if plain.0 && answer.status() == StatusCode::OK && ShownOnce::is_at(uri.path()) {
        return show_once(context, uri, headers, answer).await;
    }
    if plain.0 && answer.status() != StatusCode::SEE_OTHER {
        let problem = problem_of(answer).await;
        return refuse(context, plain, uri, problem).await;
    }
    answer.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    answer
}

/// A page with the secret that a server function answered.
async fn show_once(context: Context, at: Uri, headers: HeaderMap, answer: Response<Body>) -> Response<Body> {
    let body = to_bytes(answer.into_body(), LONGEST).await.unwrap_or_default();
    let Some(shown) = ShownOnce::read(at.path(), &body) else {
        return problem_page(context, at, Problem::internal()).await;
    };
    let mut request = Request::new(Body::empty());
    (*request.uri_mut(), *request.headers_mut()) = (at, headers);
    render(context, request, move || {
        view! {
            <Shell>
                <ShownOncePage shown=shown />
            </Shell>
        }
    })
    .await
}

/// How long the answer of a server function is at the most, in bytes.
const LONGEST: usize = 64 * 1024;

async fn refuse(context: Context, plain: PlainForm, at: Uri, problem: Problem) -> Response<Body> {
    if plain.0 {
        return problem_page(context, at, problem).await;
    }
    let status = status_of(&problem);
    let document = problem.document(context.visit.request_id());
    let headers = [(CONTENT_TYPE, PROBLEM), (CACHE_CONTROL, NO_STORE)];
    (status, headers, axum::Json(document)).into_response()
}

/// The problem that a server function answered as JSON.
async fn problem_of(answer: Response<Body>) -> Problem {
    let body = to_bytes(answer.into_body(), LONGEST).await.unwrap_or_default();
    serde_json::from_slice::<ActionError>(&body).map_or_else(|_| Problem::internal(), |error| error.0)
}

async fn render<V: IntoView + 'static>(
    context: Context,
    request: Request<Body>,
    app: impl FnOnce() -> V + Send + 'static,
) -> Response<Body> {
    let provide = move || provide_context(context.clone());
    // Leptos would add scripts that hand resources over to the browser; our
    // islands take none, so pages stay free of inline scripts.
    let mut response = handle_response_inner(provide, app, request, |view, _scripts, _| {
        Box::pin(async move {
            let html = view.to_html_stream_in_order().collect::<String>().await;
            Box::pin(stream::once(async move { html })) as _
        })
    })
    .await;
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}

/// Whether the request is a browser's that asks for a page: programs and
/// scripts do not say so.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
