//! Problems as HTTP answers (RFC 9457).
//!
//! An answer only carries its [`Problem`]; one layer, [`describe`], writes
//! every body. So errors of the router and of its libraries read like ours,
//! and all of them name the request.

use std::any::Any;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Problem, ProblemKind};

use super::request_id::RequestId;

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A [`Problem`] on its way out.
#[derive(Clone, Debug)]
pub struct ApiProblem(pub Problem);

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<ProblemKind> for ApiProblem {
    fn from(kind: ProblemKind) -> Self {
        let detail = match kind {
            ProblemKind::Unreadable => "The request is malformed.",
            ProblemKind::NotFound => "Nothing is offered at this address.",
            ProblemKind::MethodNotAllowed => "The header `Allow` names the methods that are offered here.",
            ProblemKind::TooLarge => "A request may be 1 MiB long at the most.",
            ProblemKind::UnsupportedMediaType => "Send `Content-Type: application/json`.",
            ProblemKind::Unauthenticated
            | ProblemKind::WrongCredentials
            | ProblemKind::Forbidden
            | ProblemKind::CrossSite
            | ProblemKind::Conflict
            | ProblemKind::Stale
            | ProblemKind::StillRunning
            | ProblemKind::KeyReused
            | ProblemKind::Invalid
            | ProblemKind::QuotaExceeded
            | ProblemKind::TooManyAttempts
            | ProblemKind::TargetRefused
            | ProblemKind::TargetUnavailable
            | ProblemKind::NotReady => "Nothing more is known about it.",
            ProblemKind::Internal => return Self(Problem::internal()),
        };
        Self(Problem::new(kind, detail))
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(wait) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every answer that carries a problem, or that is an
/// error which nobody described.
pub async fn describe(RequestId(id): RequestId, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(ApiProblem(problem)) = problem_of(&response) else {
        return response;
    };
    let body = Json(problem.document(Some(id))).into_response().into_body();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Response::from_parts(parts, body)
}

/// The problem that the answer carries or stands for.
pub fn problem_of(response: &Response) -> Option<ApiProblem> {
    if let Some(problem) = response.extensions().get::<ApiProblem>() {
        return Some(problem.clone());
    }
    let described = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| !media_type.as_bytes().starts_with(b"text/plain"));
    if described { None } else { kind_of(response.status()).map(Into::into) }
}

/// The kind of an error that a library answered.
fn kind_of(status: StatusCode) -> Option<ProblemKind> {
    match status {
        StatusCode::NOT_FOUND => Some(ProblemKind::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(ProblemKind::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(ProblemKind::TooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(ProblemKind::UnsupportedMediaType),
        StatusCode::BAD_REQUEST => Some(ProblemKind::Unreadable),
        StatusCode::INTERNAL_SERVER_ERROR => Some(ProblemKind::Internal),
        _ => None,
    }
}

/// The answer where a handler panicked; the panic itself is on standard error.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    ApiProblem::from(ProblemKind::Internal).into_response()
}
