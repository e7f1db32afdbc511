//! The header `Prefer` (RFC 7240): how long a client is ready to wait.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
    response::{AppendHeaders, IntoResponseParts, ResponseParts},
};
use domain::command::Wait;
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// How long to wait, and what of the client's wishes decided it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefer {
    /// How long to wait.
    pub wait: Wait,
    applied: Option<String>,
}

impl Prefer {
    /// How long to wait where nobody waits unless they say so.
    pub const fn asked_wait(&self) -> Wait {
        if self.applied.is_some() { self.wait } else { Wait::NONE }
    }

    /// Reads the header. What is not understood is ignored, as the RFC wants;
    /// of a preference that is said twice the first counts.
    fn read(headers: &HeaderMap) -> Self {
        let mut asynchronous = false;
        let values = headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
        for preference in values.flat_map(|value| value.split(',')) {
            let preference = preference.split(';').next().unwrap_or_default();
            let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("wait") {
                if let Some(seconds) = seconds(value) {
                    let wait = Wait::seconds(seconds);
                    let applied = Some(format!("wait={}", wait.duration().as_secs()));
                    return Self { wait, applied };
                }
            } else if name.eq_ignore_ascii_case("respond-async") {
                asynchronous = true;
            }
        }
        if asynchronous {
            return Self { wait: Wait::NONE, applied: Some("respond-async".to_owned()) };
        }
        Self::default()
    }
}

fn seconds(text: &str) -> Option<u64> {
    // `parse` would accept a leading plus sign.
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl<S: Send + Sync> FromRequestParts<S> for Prefer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(&parts.headers))
    }
}

impl IntoParams for Prefer {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "How long to wait for the services: `wait=N` seconds, at most 60, or `respond-async`. \
                    `Preference-Applied` says what was followed.";
        let parameter = ParameterBuilder::new()
            .name("Prefer")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(text))
            .schema(Some(String::schema()))
            .example(Some("wait=30".into()));
        vec![parameter.build()]
    }
}

/// Says which preference was followed.
impl IntoResponseParts for Prefer {
    type Error = <AppendHeaders<Option<(&'static str, String)>> as IntoResponseParts>::Error;

    fn into_response_parts(self, response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        AppendHeaders(self.applied.map(|applied| ("preference-applied", applied)))
            .into_response_parts(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> (u64, Option<String>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("prefer", value.parse().unwrap());
        }
        let prefer = Prefer::read(&headers);
        (prefer.wait.duration().as_secs(), prefer.applied)
    }

    fn applied(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn nothing_said_means_ten_seconds() {
        assert_eq!(read(&[]), (10, None));
        assert_eq!(Prefer::default().asked_wait(), Wait::NONE);
    }

    #[test]
    fn a_wait_is_followed_up_to_a_minute() {
        assert_eq!(read(&["wait=3"]), (3, applied("wait=3")));
        assert_eq!(read(&["Wait = \"0\""]), (0, applied("wait=0")));
        assert_eq!(read(&["wait=600"]), (60, applied("wait=60")));
        assert_eq!(read(&["return=minimal, wait=5; foo=bar"]), (5, applied("wait=5")));
        assert_eq!(read(&["handling=lenient", "wait=7", "wait=8"]), (7, applied("wait=7")));
    }

    #[test]
    fn respond_async_means_not_at_all_unless_a_wait_is_said() {
        assert_eq!(read(&["respond-async"]), (0, applied("respond-async")));
        assert_eq!(read(&["respond-async, wait=2"]), (2, applied("wait=2")));
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        for value in
            ["wait", "wait=", "wait=-1", "wait=+1", "wait=soon", "wait=99999999999999999999999", "=,;"]
        {
            assert_eq!(read(&[value]), (10, None), "{value}");
        }
    }
}
