//! JSON bodies, and what is wrong with them.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use domain::{Problem, ProblemKind, plainly, problem::pointer_token};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;

use super::problem::ApiProblem;

/// The body as JSON, or what is wrong with it: said only to those who may do
/// what they ask for.
#[derive(Debug)]
pub struct JsonBody<T>(Result<T, Problem>);

impl<T> JsonBody<T> {
    /// The body; where it is bad, `authorise` is asked first.
    pub fn unless(self, authorise: impl FnOnce() -> Result<(), Problem>) -> Result<T, Problem> {
        self.0.or_else(|problem| {
            authorise()?;
            Err(problem)
        })
    }

    /// The body, where whoever comes this far may do what they ask for.
    pub fn read(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        if !is_json(request.headers()) {
            return Ok(Self(Err(ApiProblem::from(ProblemKind::UnsupportedMediaType).0)));
        }
        Ok(Self(read(request).await.and_then(|bytes| parse(&bytes))))
    }
}

/// A JSON body that may be left out, as curl does where it is told of none.
#[derive(Debug)]
pub struct JsonBodyIfAny<T>(pub JsonBody<T>);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for JsonBodyIfAny<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let is_json = is_json(request.headers());
        let body = read(request).await.and_then(|bytes| match (bytes.is_empty(), is_json) {
            (true, _) => Ok(T::default()),
            (false, true) => parse(&bytes),
            (false, false) => Err(ApiProblem::from(ProblemKind::UnsupportedMediaType).0),
        });
        Ok(Self(JsonBody(body)))
    }
}

/// The body, up to the limit that is set for all of them.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiProblem::from(ProblemKind::TooLarge).0
        } else {
            Problem::new(ProblemKind::Unreadable, "The body ended too early.")
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Read as JSON first: else a wrong field would hide that the rest of the
    // body is broken.
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| unreadable(&error))?;
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        // Structs would be read from arrays as well.
        return Err(Problem::invalid("", "must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() {
            let detail = without_position(error.inner());
            Problem::invalid(pointer(error.path(), &detail), plainly(&detail))
        } else {
            unreadable(error.inner())
        }
    })
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::new(ProblemKind::Unreadable, format!("The body is not JSON: {error}."))
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(detail, _)| detail).to_owned()
}

/// Where the error is, as a JSON Pointer. Of a field that is missing or there
/// twice, only the message knows the name.
fn pointer(path: &serde_path_to_error::Path, detail: &str) -> String {
    let mut pointer = String::new();
    for segment in path {
        let token = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } | Segment::Enum { variant: key } => pointer_token(key),
            Segment::Unknown => continue,
        };
        pointer = format!("{pointer}/{token}");
    }
    let named = ["missing field `", "duplicate field `"].iter().find_map(|start| detail.strip_prefix(start));
    if let Some(field) = named.and_then(|rest| rest.strip_suffix('`')) {
        pointer = format!("{pointer}/{}", pointer_token(field));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use domain::command::{RenewAccount, RequestAccount};

    use super::*;

    fn refused<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> (ProblemKind, String) {
        let problem = parse::<T>(body.as_bytes()).unwrap_err();
        let pointer = problem.errors.first().map(|error| error.pointer.clone()).unwrap_or_default();
        (problem.kind, pointer)
    }

    #[test]
    fn what_is_no_json_is_unreadable() {
        for body in
            ["", "{", "{\"bogus\": 1, ", "nonsense", "{} {}", "{\"purpose\": \"\\ud800\"}", "{'a': 1}"]
        {
            assert_eq!(refused::<RequestAccount>(body).0, ProblemKind::Unreadable, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(refused::<RequestAccount>(&deep).0, ProblemKind::Unreadable);
    }

    #[test]
    fn what_is_no_object_is_invalid() {
        for body in ["[]", "[[\"orders\"]]", "null", " 1", "\"orders\""] {
            assert_eq!(refused::<RequestAccount>(body), (ProblemKind::Invalid, String::new()), "{body}");
        }
    }

    #[test]
    fn a_wrong_field_is_pointed_at() {
        for (body, pointer) in [
            (r#"{"services": "orders"}"#, "/services"),
            (r#"{"services": ["orders", 5]}"#, "/services/1"),
            (r#"{"labels": {"a/b": 1}}"#, "/labels/a~1b"),
            (r#"{"ttl": {}}"#, "/ttl"),
            (r#"{"servises": []}"#, "/servises"),
            (r#"{"purpose": "a", "purpose": "b"}"#, "/purpose"),
        ] {
            assert_eq!(refused::<RequestAccount>(body), (ProblemKind::Invalid, pointer.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_a_library_s_words() {
        for (body, said) in [
            ("null", "The body must be a JSON object."),
            (r#"{"services": "orders"}"#, "/services must be a list."),
            (r#"{"count": -1}"#, "/count must be a whole number from 0 to 4294967295."),
            (r#"{"purpose": "a", "purpose": "b"}"#, "/purpose stands twice."),
        ] {
            assert_eq!(parse::<RequestAccount>(body.as_bytes()).unwrap_err().detail, said);
        }
        let half_seconds = parse::<RenewAccount>(br#"{"ttl": 1800.5}"#).unwrap_err().detail;
        assert!(half_seconds.contains("a whole number of seconds"), "{half_seconds}");
        assert_eq!(parse::<RenewAccount>(b"{}").unwrap_err().detail, "/ttl is missing.");
    }

    #[test]
    fn a_missing_field_is_pointed_at() {
        assert_eq!(refused::<RenewAccount>("{}"), (ProblemKind::Invalid, "/ttl".to_owned()));
    }

    #[test]
    fn authorisation_comes_before_validation() {
        let bad = || JsonBody::<()>(Err(Problem::invalid("/ttl", "is bad")));
        let forbidden = bad().unless(|| Err(Problem::forbidden("No.")));
        assert_eq!(forbidden.unwrap_err().kind, ProblemKind::Forbidden);
        assert_eq!(bad().unless(|| Ok(())).unwrap_err().kind, ProblemKind::Invalid);
    }
}
