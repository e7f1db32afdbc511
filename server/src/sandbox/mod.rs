//! The demo target: a small service with accounts of its own, so that the
//! portal can be tried without any other. Everything is in memory.
//!
//! It takes the article's two calls and checks logins, by JSON and through a
//! page with a sign-in form. Beside those, an account can be looked at, given
//! another password, disabled and enabled; all of them can be listed, and the
//! service says that it is there for tests. It can be told to be slow,
//! to fail, to hang and to answer junk.

mod accounts;
mod page;
mod trouble;

use std::{io, sync::Arc, time::Duration};

use axum::{
    Form, Json, Router,
    extract::{FromRequest, Path, Query, Request, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderName, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use domain::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::{accounts::Accounts, trouble::Trouble};
use crate::world::World;

/// How the sandbox behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct SandboxOptions {
    /// How much later than possible each call is answered.
    pub latency: Duration,
    /// The share of calls that fail, from 0 to 1. Here as below, by chance,
    /// one in two goes wrong only after its work was done.
    pub fail_rate: f64,
    /// The share of calls that are never answered.
    pub hang_rate: f64,
    /// The share of calls whose answer means nothing.
    pub junk_rate: f64,
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
    troubled(Trouble::new(options, World::system().rng()))
}

fn troubled(trouble: Trouble) -> Router {
    Router::new()
        .route("/", get(async || page::form()))
        .route("/create_account", post(create_account))
        .route("/delete_account/{username}", delete(delete_account))
        .route("/login", post(log_in))
        .route("/about", get(async || Json(json!({ "name": "sandbox", "environment": "test" }))))
        .route("/accounts", get(list_accounts))
        .route("/accounts/{username}", get(show_account))
        .route("/accounts/{username}/password", put(set_password))
        .route("/accounts/{username}/disable", post(disable_account))
        .route("/accounts/{username}/enable", post(enable_account))
        .layer(middleware::from_fn_with_state(Arc::new(trouble), trouble::meet))
        .with_state(Arc::new(Accounts::default()))
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: Secret,
}

#[derive(Deserialize)]
struct NewPassword {
    password: Secret,
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    prefix: String,
}

type Answer = (StatusCode, Json<Value>);

async fn create_account(
    State(accounts): State<Arc<Accounts>>,
    body: Result<Json<Login>, JsonRejection>,
) -> Answer {
    let Login { username, password } = match body {
        Ok(Json(login)) => login,
        Err(rejection) => return refusal(rejection.status(), LOGIN),
    };
    if username.trim().is_empty() || password.expose().is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, LOGIN);
    }
    if accounts.create(username, password) {
        (StatusCode::OK, Json(json!({ "status": "created" })))
    } else {
        (StatusCode::CONFLICT, Json(json!({ "error": "there is an account of that name" })))
    }
}

const LOGIN: &str = "expected a JSON object with `username` and `password`";
const PASSWORD: &str = "expected a JSON object with `password`";

/// Says what is expected rather than what came, which may be a password.
fn refusal(status: StatusCode, expected: &str) -> Answer {
    (status, Json(json!({ "error": expected })))
}

/// What was done to the account, if there is one.
fn done(there_is_one: bool, what: &str) -> Answer {
    if there_is_one {
        (StatusCode::OK, Json(json!({ "status": what })))
    } else {
        (StatusCode::NOT_FOUND, Json(json!({ "error": "there is no account of that name" })))
    }
}

async fn delete_account(State(accounts): State<Arc<Accounts>>, Path(username): Path<String>) -> Answer {
    done(accounts.delete(&username), "deleted")
}

async fn show_account(State(accounts): State<Arc<Accounts>>, Path(username): Path<String>) -> Answer {
    let enabled = accounts.enabled(&username);
    done(enabled.is_some(), if enabled == Some(true) { "enabled" } else { "disabled" })
}

async fn set_password(
    State(accounts): State<Arc<Accounts>>,
    Path(username): Path<String>,
    body: Result<Json<NewPassword>, JsonRejection>,
) -> Answer {
    let NewPassword { password } = match body {
        Ok(Json(new)) => new,
        Err(rejection) => return refusal(rejection.status(), PASSWORD),
    };
    if password.expose().is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, PASSWORD);
    }
    done(accounts.change(&username, |account| account.password = password), "changed")
}

async fn disable_account(State(accounts): State<Arc<Accounts>>, Path(username): Path<String>) -> Answer {
    done(accounts.change(&username, |account| account.enabled = false), "disabled")
}

async fn enable_account(State(accounts): State<Arc<Accounts>>, Path(username): Path<String>) -> Answer {
    done(accounts.change(&username, |account| account.enabled = true), "enabled")
}

async fn log_in(State(accounts): State<Arc<Accounts>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let login = if has(&headers, header::CONTENT_TYPE, "application/json") {
        match Json::<Login>::from_request(request, &()).await {
            Ok(Json(login)) => login,
            Err(rejection) => return refusal(rejection.status(), LOGIN).into_response(),
        }
    } else {
        match Form::<Login>::from_request(request, &()).await {
            Ok(Form(login)) => login,
            Err(rejection) => return refusal(rejection.status(), LOGIN).into_response(),
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

async fn list_accounts(State(accounts): State<Arc<Accounts>>, Query(which): Query<Which>) -> Json<Value> {
    let mut usernames = accounts.usernames();
    usernames.retain(|username| username.starts_with(&which.prefix));
    Json(json!({ "accounts": usernames }))
}

fn has(headers: &HeaderMap, name: HeaderName, media: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(media))
}

#[cfg(test)]
mod tests;
