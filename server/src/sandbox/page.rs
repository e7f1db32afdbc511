//! The sandbox's page: a form to sign in with.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The form alone.
pub fn form() -> Response {
    document(StatusCode::OK, "<p>Sign in with a test account that the portal gave you.</p>")
}

/// What became of an attempt to sign in, and the form again.
pub fn signed_in(username: &str) -> Response {
    let message = format!("<p role=\"status\">Signed in as <strong>{}</strong></p>", escape(username));
    document(StatusCode::OK, &message)
}

/// The attempt failed.
pub fn refused() -> Response {
    document(StatusCode::UNAUTHORIZED, "<p role=\"alert\">Wrong username or password</p>")
}

fn document(status: StatusCode, message: &str) -> Response {
    let page = include_str!("page.html").replace("<!-- message -->", message);
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, NO_STORE)];
    (status, headers, Html(page)).into_response()
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
        escaped
    })
}
