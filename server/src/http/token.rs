//! Who calls the API: always a token, never the browser's session.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{Problem, ProblemKind, actor::Caller, secret::Secret};

use super::{Shared, client::counted_as, problem::ApiProblem, request_id::RequestId, retry_key};

/// The caller, by the token that the request carries.
#[derive(Debug)]
pub struct ByToken(pub Caller);

impl FromRequestParts<Shared> for ByToken {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, ApiProblem> {
        let RequestId(id) = parts.extensions.get().cloned().ok_or_else(Problem::internal)?;
        let Some(text) = token_text(&parts.headers) else {
            return Err(Problem::new(
                ProblemKind::Unauthenticated,
                "Send an API token: as `Authorization: Bearer …`, or by HTTP Basic as the password.",
            )
            .into());
        };
        match shared.portal.actor_of_token(text.expose()).await {
            Ok(actor) => {
                let retry_key = retry_key::of_request(&mut parts.extensions)?;
                Ok(Self(Caller { actor, request_id: Some(id), retry_key }))
            }
            Err(problem) => {
                if problem.kind == ProblemKind::Unauthenticated {
                    // Only failures are counted, and only they are refused:
                    // a runner that others share with us must not lock us out.
                    shared.wrong_tokens.count(&counted_as(&parts.extensions))?;
                }
                Err(problem.into())
            }
        }
    }
}

/// The token: `Bearer`, or `Basic` with any user name and the token as the
/// password, as curl, `.netrc` and the like send it.
fn token_text(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Secret::new(rest.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Secret::new(String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?);
    let (_, password) = pair.expose().split_once(':')?;
    Some(Secret::new(password.to_owned()))
}

/// Says on a 401 how to authenticate.
pub async fn challenge(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        for challenge in [r#"Bearer realm="understudy""#, r#"Basic realm="understudy", charset="UTF-8""#] {
            response.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        token_text(&headers).map(|text| text.expose().to_owned())
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    #[test]
    fn a_token_comes_as_bearer_or_as_the_password_of_anybody() {
        assert_eq!(read("Bearer us_abc").as_deref(), Some("us_abc"));
        assert_eq!(read("bearer  us_abc").as_deref(), Some("us_abc"));
        for pair in ["ci:us_abc", ":us_abc", "ä b:us_abc"] {
            assert_eq!(read(&basic(pair)).as_deref(), Some("us_abc"), "{pair}");
        }
        assert_eq!(read(&basic("ci:a:b")).as_deref(), Some("a:b"));
    }

    #[test]
    fn anything_else_is_no_token() {
        assert_eq!(token_text(&HeaderMap::new()).map(|_| ()), None);
        for authorization in ["us_abc", "Basic", "Basic !!!", "Digest x=y", &basic("no-colon"), "Basic /w=="]
        {
            assert_eq!(read(authorization), None, "{authorization}");
        }
    }
}
