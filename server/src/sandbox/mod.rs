//! The demo target: a small service with accounts of its own, so that the
//! portal can be tried without any other. Everything is in memory.
//!
//! It takes the article's two calls and checks logins, by JSON and through a
//! page with a sign-in form. It can be told to be slow and to fail.

mod accounts;
mod page;
mod trouble;

use std::{io, sync::Arc, time::Duration};

use axum::{
    Form, Json, Router,
    extract::{FromRequest, Path, Request, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderName, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use domain::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::{accounts::Accounts, trouble::Trouble};

/// How the sandbox behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct SandboxOptions {
    /// How much later than possible each call is answered.
    pub latency: Duration,
    /// The share of calls that fail, from 0 to 1; every other one of them
    /// only after its work was done.
    pub fail_rate: f64,
}

/// Serves the sandbox until the task is dropped.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, options: SandboxOptions) -> io::Result<()> {
    axum::serve(listener, router(options)).await
}

/// A sandbox of its own, without any account yet.
pub fn router(options: SandboxOptions) -> Router {
    let trouble = Arc::new(Trouble::new(options));
    Router::new()
        .route("/", get(async || page::form()))
        .route("/create_account", post(create_account))
        .route("/delete_account/{username}", delete(delete_account))
        .route("/login", post(log_in))
        .route("/accounts", get(list_accounts))
        .layer(middleware::from_fn_with_state(trouble, trouble::meet))
        .with_state(Arc::new(Accounts::default()))
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: Secret,
}

type Answer = (StatusCode, Json<Value>);

async fn create_account(
    State(accounts): State<Arc<Accounts>>,
    body: Result<Json<Login>, JsonRejection>,
) -> Answer {
    let Login { username, password } = match body {
        Ok(Json(login)) => login,
        Err(rejection) => return refusal(rejection.status()),
    };
    if username.trim().is_empty() || password.expose().is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if accounts.create(username, password) {
        (StatusCode::OK, Json(json!({ "status": "created" })))
    } else {
        (StatusCode::CONFLICT, Json(json!({ "error": "there is an account of that name" })))
    }
}

/// Says what is expected rather than what came, which may be a password.
fn refusal(status: StatusCode) -> Answer {
    (status, Json(json!({ "error": "expected a JSON object with `username` and `password`" })))
}

async fn delete_account(State(accounts): State<Arc<Accounts>>, Path(username): Path<String>) -> Answer {
    if accounts.delete(&username) {
        (StatusCode::OK, Json(json!({ "status": "deleted" })))
    } else {
        (StatusCode::NOT_FOUND, Json(json!({ "error": "there is no account of that name" })))
    }
}

async fn log_in(State(accounts): State<Arc<Accounts>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let login = if has(&headers, header::CONTENT_TYPE, "application/json") {
        match Json::<Login>::from_request(request, &()).await {
            Ok(Json(login)) => login,
            Err(rejection) => return refusal(rejection.status()).into_response(),
        }
    } else {
        match Form::<Login>::from_request(request, &()).await {
            Ok(Form(login)) => login,
            Err(rejection) => return refusal(rejection.status()).into_response(),
        }
    };
    let accepted = accounts.accept(&login.username, &login.password);
    match (has(&headers, header::ACCEPT, "text/html"), accepted) {
        (true, true) => page::signed_in(&login.username),
        (true, false) => page::refused(),
        (false, true) => Json(json!({ "ok": true })).into_response(),
        (false, false) => (StatusCode::UNAUTHORIZED, Json(json!({ "ok": false }))).into_response(),
    }
}

async fn list_accounts(State(accounts): State<Arc<Accounts>>) -> Json<Value> {
    Json(json!({ "accounts": accounts.usernames() }))
}

fn has(headers: &HeaderMap, name: HeaderName, media: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(media))
}

#[cfg(test)]
mod tests;
