//! The request in hand and the answer to it, as pages and server functions
//! know them.

use std::sync::Arc;

use axum::http::{
    HeaderName, HeaderValue, StatusCode, Uri,
    header::{CONTENT_TYPE, HOST, LOCATION, ORIGIN},
    request::Parts,
};
use domain::{Portal, Problem, Timestamp};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{assets::Assets, visit::Visit};

/// The media type of problem details (RFC 9457).
pub(crate) const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// All that pages and server functions are given for one request.
#[derive(Clone)]
pub struct Context {
    /// What the portal can do.
    pub portal: Arc<dyn Portal>,
    /// The visitor.
    pub visit: Arc<dyn Visit>,
    /// Where the pages' files are.
    pub assets: Arc<Assets>,
    /// The time of the request.
    pub now: Timestamp,
}

/// Whether a plain form called a server function: it is answered with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainForm(pub bool);

/// The problem's HTTP status.
pub(crate) fn status_of(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Gives the response the problem's status.
pub(crate) fn set_status_of(problem: &Problem) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status_of(problem));
    }
}

/// Gives the response of a server function the problem's status and type.
pub(crate) fn answer_problem(problem: &Problem) {
    set_status_of(problem);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(CONTENT_TYPE, PROBLEM);
    }
}

/// Sends the browser on to a page of this site, by `GET`.
pub(crate) fn see_other(path: &str) {
    let location = HeaderValue::from_str(path);
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), location) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(LOCATION, location);
    }
}

/// Path and query of the request.
pub(crate) fn here() -> String {
    let uri = use_context::<Parts>().map(|parts| parts.uri);
    uri.and_then(|uri| uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}

/// Where the visitor reached the portal, as their browser says it: scheme and
/// host, for links to pass on.
pub(crate) fn origin() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let said = |name: HeaderName| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
    said(ORIGIN).or_else(|| said(HOST).map(|host| format!("http://{host}")))
}

/// One field of the request's query.
pub(crate) fn query() -> Vec<(String, String)> {
    let uri = use_context::<Parts>().map(|parts| parts.uri);
    let query = uri.as_ref().and_then(Uri::query).unwrap_or_default();
    serde_urlencoded::from_str(query).unwrap_or_default()
}
