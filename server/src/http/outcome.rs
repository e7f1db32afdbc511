//! Answers to requests whose work may take longer than their clients wait.

use std::fmt::Display;

use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::prefer::Prefer;

/// The header that says where to look.
pub type Location = [(HeaderName, String); 1];

/// Where something of the API is.
pub fn location(collection: &str, id: impl Display) -> Location {
    [(header::LOCATION, format!("/api/v1/{collection}/{id}"))]
}

/// What has come of a request so far.
pub struct Outcome<T> {
    /// What the client preferred.
    pub prefer: Prefer,
    /// The status of the answer where all is done; `None` while it is not.
    pub done: Option<StatusCode>,
    /// Where to look from now on.
    pub at: Location,
    /// How it stands.
    pub body: T,
}

impl<T> Outcome<T> {
    /// The same, told in another way.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { prefer: self.prefer, done: self.done, at: self.at, body: turn(self.body) }
    }
}

impl<T: Serialize> IntoResponse for Outcome<T> {
    fn into_response(self) -> Response {
        let status = self.done.unwrap_or(StatusCode::ACCEPTED);
        // Where nothing was made and nothing is to come, there is nowhere to look.
        let at = (status != StatusCode::OK).then_some(self.at);
        (status, self.prefer, at, Json(self.body)).into_response()
    }
}
