//! Headers that tell browsers to be careful with what they get.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

use super::Shared;

/// For everything that is no page: nothing in it may run, load or be framed.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    // With `no-referrer`, browsers would hide the origin of our own forms.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-read=(), clipboard-write=(self)",
    ),
];

/// Sets what applies to every answer, and what applies where nothing else is
/// said: no scripts, no storing.
///
/// Behind TLS, browsers are told to come by that only (RFC 6797).
pub async fn harden(State(shared): State<Shared>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if shared.secure_cookies {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    set_unless_said(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    set_unless_said(headers, header::CACHE_CONTROL, "no-store");
    response
}

fn set_unless_said(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
