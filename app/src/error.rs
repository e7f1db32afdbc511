//! What a server function answers when it cannot do what was asked.

use std::fmt;

use domain::{Problem, ProblemKind, problem::ProblemDocument};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// A [`Problem`], as server functions answer it: on the wire it is the same
/// document that the JSON API sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ProblemDocument", into = "ProblemDocument")]
pub struct ActionError(pub Problem);

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ActionError {}

impl From<Problem> for ActionError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<ProblemDocument> for ActionError {
    fn from(document: ProblemDocument) -> Self {
        Self(document.into())
    }
}

impl From<ActionError> for ProblemDocument {
    fn from(error: ActionError) -> Self {
        error.0.document(None)
    }
}

impl FromServerFnError for ActionError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Problem::new(ProblemKind::Unreadable, text!("problem-unread"))
            }
            ServerFnErrorErr::Request(_) => {
                Problem::new(ProblemKind::TargetUnavailable, text!("problem-unreachable"))
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Problem::internal(),
        };
        #[cfg(feature = "ssr")]
        crate::exchange::answer_problem(&problem);
        Self(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_the_way_to_the_browser() {
        let error = ActionError(Problem::invalid("/ttl", "is too long"));
        let json = serde_json::to_string(&error).unwrap();
        assert!(json.contains(r#""code":"invalid""#), "{json}");
        assert_eq!(serde_json::from_str::<ActionError>(&json).unwrap(), error);
    }
}
