//! The one error that leaves the portal, whichever door it leaves by.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::time::Ttl;

/// What went wrong, by kind: decides the status, the title and how a page
/// words it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, EnumString, IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProblemKind {
    /// The body is no JSON (or form) at all.
    Unreadable,
    /// Nobody is signed in, or the token is not valid.
    Unauthenticated,
    /// The login or the password is wrong.
    WrongCredentials,
    /// One may see the thing, but not do this.
    Forbidden,
    /// A browser says that another site sent the request.
    CrossSite,
    /// It does not exist, or one may not see it.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The state of the thing does not allow it.
    Conflict,
    /// Somebody else changed the thing meanwhile.
    Stale,
    /// A request with the same idempotency key is being carried out.
    StillRunning,
    /// The idempotency key belongs to another request.
    KeyReused,
    /// The body is longer than 1 MiB.
    TooLarge,
    /// The body's media type is not one that is read here.
    UnsupportedMediaType,
    /// One or more fields cannot be accepted.
    Invalid,
    /// One holds as many accounts as the policy allows.
    QuotaExceeded,
    /// Too many failed attempts: wait.
    TooManyAttempts,
    /// The service answered, and refused.
    TargetRefused,
    /// The service did not answer.
    TargetUnavailable,
    /// The portal cannot work now.
    NotReady,
    /// A fault of the portal's own.
    Internal,
}

impl ProblemKind {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::Forbidden | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::Stale | Self::StillRunning => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::KeyReused => 422,
            Self::QuotaExceeded | Self::TooManyAttempts => 429,
            Self::TargetRefused => 502,
            Self::TargetUnavailable | Self::NotReady => 503,
            Self::Internal => 500,
        }
    }

    /// A short summary that is the same for every problem of this kind.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "The request could not be read",
            Self::Unauthenticated => "Sign in, or send a valid token",
            Self::WrongCredentials => "Login or password is wrong",
            Self::Forbidden => "You may not do this",
            Self::CrossSite => "The request came from another site",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "This method is not offered here",
            Self::Conflict => "Not possible in the present state",
            Self::Stale => "Somebody else changed it meanwhile",
            Self::StillRunning => "The first request with this key is still running",
            Self::KeyReused => "This key belongs to another request",
            Self::TooLarge => "The request is too large",
            Self::UnsupportedMediaType => "This media type is not read here",
            Self::Invalid => "Some fields cannot be accepted",
            Self::QuotaExceeded => "The limit of accounts is reached",
            Self::TooManyAttempts => "Too many attempts",
            Self::TargetRefused => "The service refused",
            Self::TargetUnavailable => "The service is not available",
            Self::NotReady => "The portal is not ready",
            Self::Internal => "Something went wrong on our side",
        }
    }

    /// The stable name by which programs tell problems apart.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the field in the request.
    #[cfg_attr(feature = "openapi", schema(examples("/services/0")))]
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

/// Something that a person or a program asked for could not be done.
///
/// Holds only what may be shown: what happened and what to do next. Causes
/// inside the portal are logged where they occur.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What happened this time, in a sentence or two.
    pub detail: String,
    /// The fields that cannot be accepted; empty for all other kinds.
    pub errors: Vec<FieldError>,
    /// When it makes sense to try again, where that is known.
    pub retry_after: Option<Ttl>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.title(), self.detail)?;
        for error in &self.errors {
            write!(f, "\n  {} {}", error.pointer, error.detail)?;
        }
        Ok(())
    }
}

impl Problem {
    /// A problem of that kind, with a sentence that says what happened.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// It does not exist, or the asker may not see it: both read alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemKind::NotFound, format!("There is no such {what}, or you may not see it."))
    }

    /// The asker's role or token does not allow it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Forbidden, detail)
    }

    /// One field cannot be accepted.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// Several fields cannot be accepted.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] if only.pointer.is_empty() => format!("The body {}.", only.detail),
            [only] => format!("{} {}.", only.pointer, only.detail),
            several => format!("{} fields cannot be accepted; see `errors`.", several.len()),
        };
        Self { errors, ..Self::new(ProblemKind::Invalid, detail) }
    }

    /// A fault of the portal's own; its cause is in the log.
    pub fn internal() -> Self {
        Self::new(
            ProblemKind::Internal,
            "Nothing was lost. Try again; if it happens again, tell the portal's operators the request id.",
        )
    }

    /// Whether it is that field, and no other, that cannot be accepted.
    pub fn is_about(&self, pointer: &str) -> bool {
        !self.errors.is_empty() && self.errors.iter().all(|error| error.pointer == pointer)
    }

    /// The problem as `application/problem+json` (RFC 9457).
    pub fn document(&self, instance: Option<String>) -> ProblemDocument {
        ProblemDocument {
            r#type: format!("urn:understudy:problem:{}", self.kind.code()),
            title: self.kind.title().to_owned(),
            status: self.kind.status(),
            detail: self.detail.clone(),
            instance,
            code: self.kind,
            errors: self.errors.clone(),
        }
    }
}

/// Problem details as they travel (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDocument {
    /// A URI that names the kind of problem.
    pub r#type: String,
    /// A summary of the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do next.
    pub detail: String,
    /// The request's id; also in the `x-request-id` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The kind's stable name.
    pub code: ProblemKind,
    /// The fields that cannot be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl From<ProblemDocument> for Problem {
    fn from(document: ProblemDocument) -> Self {
        Self { errors: document.errors, ..Self::new(document.code, document.detail) }
    }
}

/// Collects what is wrong with the fields of a request, so that all of it can
/// be said at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or notes what is wrong with the field.
    pub fn field<T, E: fmt::Display>(
        &mut self,
        pointer: impl Into<String>,
        value: Result<T, E>,
    ) -> Option<T> {
        value.map_err(|error| self.note(pointer, error)).ok()
    }

    /// The same for a field that may be left out.
    pub fn optional<T, E: fmt::Display>(
        &mut self,
        pointer: impl Into<String>,
        value: Option<Result<T, E>>,
    ) -> Option<T> {
        value.and_then(|value| self.field(pointer, value))
    }

    /// Notes that something is wrong with the field.
    pub fn note(&mut self, pointer: impl Into<String>, detail: impl fmt::Display) {
        self.0.push(FieldError { pointer: pointer.into(), detail: detail.to_string() });
    }

    /// Fails if anything was noted.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(self.0)) }
    }
}

/// Escapes a name for use as one token of a JSON Pointer (RFC 6901, section 3).
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_the_way_over_the_wire() {
        let problem = Problem::invalid("/ttl", "is too long");
        let json = serde_json::to_string(&problem.document(Some("r1".to_owned()))).unwrap();
        let document: ProblemDocument = serde_json::from_str(&json).unwrap();
        assert_eq!(document.code, ProblemKind::Invalid);
        assert_eq!(Problem::from(document), problem);
    }

    #[test]
    fn what_is_wrong_as_a_whole_is_said_of_the_body() {
        assert_eq!(Problem::invalid("", "must be a JSON object").detail, "The body must be a JSON object.");
    }

    #[test]
    fn all_bad_fields_are_said_at_once() {
        let mut checks = Checks::new();
        assert_eq!(checks.field("/a", Ok::<_, String>(1)), Some(1));
        assert_eq!(checks.field("/b", Err::<u8, _>("is bad")), None);
        assert_eq!(checks.optional("/c", Some(Err::<u8, _>("is worse"))), None);
        let problem = checks.finish().unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/b", "/c"]);
    }
}
