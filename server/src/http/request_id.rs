//! Every request has an id of its own, by which log, audit and answer can be
//! put together.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, request::Parts},
    middleware::Next,
    response::Response,
};

use super::Shared;

/// The header that names the request.
pub const HEADER: &str = "x-request-id";

/// The request's id. Always our own: one that a client sends could be made to
/// look like another's in the audit.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self(String::new())))
    }
}

/// Numbers the request.
pub async fn number(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = (shared.new_id)();
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}
