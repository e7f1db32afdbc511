//! What stands in paths.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::{
    Problem,
    id::{AccountId, BatchId, DriftId, EnrollmentId, TokenId},
    text::{Login, RunName, Slug, TextError},
};

use super::problem::ApiProblem;

/// Something that a path names. What cannot be read names nothing that
/// exists, so it is not found.
#[derive(Clone, Copy, Debug)]
pub struct Named<T>(pub T);

/// What can be named in a path.
pub trait Nameable: FromStr {
    /// What people call it.
    const NOUN: &str;
}

impl Nameable for AccountId {
    const NOUN: &str = "account";
}

impl Nameable for BatchId {
    const NOUN: &str = "batch";
}

impl Nameable for DriftId {
    const NOUN: &str = "drift";
}

impl Nameable for EnrollmentId {
    const NOUN: &str = "enrollment";
}

impl Nameable for RunName {
    const NOUN: &str = "run";
}

impl Nameable for Login {
    const NOUN: &str = "person";
}

/// The slug of a team.
#[derive(Clone, Debug)]
pub struct TeamSlug(pub Slug);

impl FromStr for TeamSlug {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        text.parse().map(Self)
    }
}

impl Nameable for TeamSlug {
    const NOUN: &str = "team";
}

impl Nameable for TokenId {
    const NOUN: &str = "token";
}

impl Nameable for Slug {
    const NOUN: &str = "service";
}

impl<T: Nameable, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let named = text.and_then(|Path(text)| text.parse().ok()).map(Self);
        named.ok_or_else(|| Problem::not_found(T::NOUN).into())
    }
}
