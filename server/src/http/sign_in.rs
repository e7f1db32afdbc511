//! Slows down who guesses passwords.

use std::{borrow::Cow, sync::Arc};

use app::door;
use axum::{
    body::{self, Body},
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{Problem, ProblemKind};
use url::form_urlencoded;

use super::{
    BODY_LIMIT, Shared, client::counted_as, problem::ApiProblem, session::Visitor, sign_ins::Attempt,
};

/// Where people sign in.
pub const PATH: &str = "/actions/sign_in";

/// Lets a sign-in pass unless there were too many that failed.
pub async fn throttle(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if request.uri().path() != PATH {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, BODY_LIMIT).await else {
        return ApiProblem::from(ProblemKind::TooLarge).into_response();
    };
    // What is no login has no account to guess at; all of it counts as one.
    let login = field(&bytes, "login").and_then(|login| login.trim().to_lowercase().parse().ok());
    let attempt = Attempt { login, from: counted_as(&parts.extensions) };
    if let Err(problem) = shared.sign_ins.begins(&attempt) {
        return refuse(&parts.headers, problem, &field(&bytes, "then").unwrap_or_default());
    }
    if let Some(visitor) = parts.extensions.get::<Arc<Visitor>>().map(|visitor| visitor.trying(attempt)) {
        parts.extensions.insert(Arc::new(visitor));
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// The field, where it is there once: of two, somebody else may read the other.
fn field<'a>(form: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut found = form_urlencoded::parse(form).filter(|(field, _)| field == name).map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// A form without a script comes back to the page that explains it.
fn refuse(headers: &HeaderMap, problem: Problem, then: &str) -> Response {
    if !door::accepts_html(headers) {
        return ApiProblem(problem).into_response();
    }
    let retry_after = problem.retry_after.map(|wait| [(header::RETRY_AFTER, wait.as_secs().to_string())]);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("problem", problem.kind.code());
    if !then.is_empty() {
        query.append_pair("then", then);
    }
    (retry_after, Redirect::to(&format!("/sign-in?{}", query.finish()))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_there_twice_is_not_read() {
        assert_eq!(field(b"login=ann&password=x", "login").as_deref(), Some("ann"));
        assert_eq!(field(b"login=ann&log%69n=bob", "login"), None);
        assert_eq!(field(b"password=x", "login"), None);
    }
}
