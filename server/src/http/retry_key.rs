//! The header `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header): by it, a client that did not
//! hear the answer can ask again, and gets the same once more.

use axum::{
    body::{Body, Bytes},
    extract::{OriginalUri, Request},
    http::{Extensions, HeaderMap, Method},
    middleware::Next,
    response::Response,
};
use domain::{Problem, ProblemKind, actor::RetryKey};
use sha2::{Digest, Sha256};

use super::body;
use crate::secrets::token_text::hex;

/// The header.
pub const HEADER: &str = "idempotency-key";

/// How long a key may be.
const LONGEST: usize = 255;

/// What the request said of it, for who finds out whose request it is.
#[derive(Clone)]
struct Said(Result<RetryKey, Problem>);

/// Reads the header where it has a meaning: of what is sent by POST. All
/// other methods can be repeated as they are.
pub async fn read(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let key = key(&parts.headers).map(str::to_owned);
    let bytes = body::read(Request::new(body)).await;
    let said = key.and_then(|key| {
        let body_hash = hex(&Sha256::digest(bytes.as_ref().map_err(Clone::clone)?));
        Ok(RetryKey { key, target: format!("{} {}", parts.method, uri.path()), body_hash })
    });
    parts.extensions.insert(Said(said));
    // A body that could not be read is not missed: the request is refused.
    let body = Body::from(bytes.unwrap_or_else(|_| Bytes::new()));
    next.run(Request::from_parts(parts, body)).await
}

/// By what the request can be repeated, if it said so.
///
/// # Errors
/// What it said cannot be accepted.
pub fn of_request(extensions: &mut Extensions) -> Result<Option<RetryKey>, Problem> {
    extensions.remove::<Said>().map(|Said(said)| said).transpose()
}

/// The key. Quotation marks around it, as the draft wants them, are not part
/// of it: many clients leave them out.
fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(HEADER).into_iter();
    let value = values.next().filter(|_| values.next().is_none());
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    Err(Problem::new(
        ProblemKind::Invalid,
        format!(
            "The header Idempotency-Key must be one key of 1 to {LONGEST} visible ASCII characters, such as a UUID."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, value.parse().unwrap());
        }
        key(&headers).ok().map(str::to_owned)
    }

    #[test]
    fn a_key_comes_with_and_without_quotation_marks() {
        for value in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\""] {
            assert_eq!(read(&[value]).as_deref(), Some("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        }
        assert_eq!(read(&["\""]).as_deref(), Some("\""));
        assert_eq!(read(&[&"k".repeat(255)]).map(|key| key.len()), Some(255));
    }

    #[test]
    fn anything_else_is_no_key() {
        for values in [&[""][..], &["\"\""], &["a b"], &["schlüssel"], &[&"k".repeat(256)], &["a", "a"]] {
            assert_eq!(read(values), None, "{values:?}");
        }
    }
}
