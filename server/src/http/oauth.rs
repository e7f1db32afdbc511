//! `POST /oauth/token`: the exchange of a CI provider's identity token for one
//! of the portal's (RFC 8693).

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Problem, ProblemKind, secret::Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Shared, body, client::counted_as, request_id::RequestId};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const TAKEN: [&str; 2] =
    ["urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt"];

/// What is to be exchanged. Other parameters of RFC 8693 are not looked at.
#[derive(Deserialize, ToSchema)]
pub struct Exchange {
    /// `urn:ietf:params:oauth:grant-type:token-exchange`
    #[serde(default)]
    grant_type: String,
    /// The CI provider's identity token.
    subject_token: Option<Secret>,
    /// `urn:ietf:params:oauth:token-type:id_token`, or `…:jwt`
    #[serde(default)]
    subject_token_type: String,
}

/// What one gets for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exchanged {
    /// The token's text: for the header `Authorization`.
    access_token: Secret,
    /// `urn:ietf:params:oauth:token-type:access_token`
    issued_token_type: &'static str,
    /// `Bearer`
    token_type: &'static str,
    /// For how many seconds it is good.
    expires_in: i64,
    /// What it is narrowed to, separated by spaces.
    scope: String,
}

/// Why one gets nothing (RFC 6749, section 5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// `invalid_request`, `invalid_grant`, `unsupported_grant_type` and the like
    error: &'static str,
    /// The same for people.
    error_description: String,
}

/// The route, without a prefix.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(exchange))
}

/// Exchange a CI provider's identity token for a token of the run
///
/// It is bound to the run: it sees and makes accounts of that run only, on the services and up
/// to the quota that the operator's rules give it.
#[utoipa::path(post, path = "/oauth/token", operation_id = "exchange_token", tag = "tokens", security(()),
    request_body(content = Exchange, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Exchanged),
        (status = 400, description = "It is not taken", body = Refusal),
        (status = 413, description = "It is too long", body = Refusal),
        (status = 429, description = "Too many were not taken", body = Refusal),
        (status = 503, description = "The provider's keys cannot be had at present", body = Refusal),
        (status = "default", description = "Any other problem", body = Refusal),
    ))]
pub async fn exchange(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let RequestId(id) = parts.extensions.get().cloned().unwrap_or_else(|| RequestId(String::new()));
    let bytes = match body::read(Request::from_parts(parts.clone(), content)).await {
        Ok(bytes) => bytes,
        Err(problem) => return refuse(&problem, "invalid_request"),
    };
    let identity = match read(&parts.headers, &bytes) {
        Ok(identity) => identity,
        Err(refusal) => return answer(StatusCode::BAD_REQUEST, Json(refusal)),
    };
    match shared.portal.exchange_token(Some(id), &identity).await {
        Ok(issued) => {
            let Some(text) = issued.text else { return refuse(&Problem::internal(), "invalid_grant") };
            let scope = issued.token.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let left = issued.token.expires_at.millis_since(issued.token.created_at) / 1_000;
            answer(
                StatusCode::OK,
                Json(Exchanged {
                    access_token: text,
                    issued_token_type: ACCESS_TOKEN,
                    token_type: "Bearer",
                    expires_in: left,
                    scope,
                }),
            )
        }
        Err(problem) if problem.kind == ProblemKind::Unauthenticated => {
            if let Err(too_many) = shared.wrong_tokens.count(&counted_as(&parts.extensions)) {
                return refuse(&too_many, "invalid_grant");
            }
            let error_description = problem.detail;
            answer(StatusCode::BAD_REQUEST, Json(Refusal { error: "invalid_grant", error_description }))
        }
        Err(problem) => refuse(&problem, "invalid_request"),
    }
}

fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Secret, Refusal> {
    let refuse = |error, why: &str| Err(Refusal { error, error_description: why.to_owned() });
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !media_type.starts_with("application/x-www-form-urlencoded") {
        return refuse("invalid_request", "Send a form: application/x-www-form-urlencoded.");
    }
    let Ok(form) = serde_urlencoded::from_bytes::<Exchange>(bytes) else {
        return refuse("invalid_request", "The form cannot be read.");
    };
    if form.grant_type != EXCHANGE {
        return refuse("unsupported_grant_type", &format!("grant_type must be {EXCHANGE}."));
    }
    if !TAKEN.contains(&form.subject_token_type.as_str()) {
        return refuse(
            "invalid_request",
            &format!("subject_token_type must be {} or {}.", TAKEN[0], TAKEN[1]),
        );
    }
    match form.subject_token.filter(|token| !token.expose().is_empty()) {
        Some(token) => Ok(token),
        None => refuse("invalid_request", "subject_token is missing: the CI provider's identity token."),
    }
}

fn answer(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], body).into_response()
}

fn refuse(problem: &Problem, error: &'static str) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = json!({ "error": error, "error_description": problem.detail });
    let mut response = answer(status, Json(refusal));
    if let Some(wait) = problem.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
    }
    response
}
