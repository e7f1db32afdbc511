//! To the organisation's provider and back: both are pages that send on.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    Problem,
    access::{ProviderAnswer, ProviderSignIn},
    secret::Secret,
};
use serde::Deserialize;
use url::form_urlencoded;

use super::{Shared, session::Visitor};

/// Where a browser begins.
pub const BEGIN: &str = "/sign-in/provider";

/// What it keeps meanwhile.
const COOKIE: &str = "understudy_sign_in";

#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    then: String,
}

/// What the provider says by way of the browser (RFC 6749, section 4.1.2).
#[derive(Debug, Deserialize)]
pub struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Sends a browser on to the provider.
pub async fn begin(State(shared): State<Shared>, Query(Wanted { then }): Query<Wanted>) -> Response {
    let begun = shared.portal.begin_provider_sign_in(app::local(&then).to_owned()).await;
    match begun {
        Ok(ProviderSignIn { url, attempt }) => {
            let max_age = ProviderSignIn::GOOD_FOR.as_secs();
            (cookie(&shared, attempt.expose(), max_age), Redirect::to(&url)).into_response()
        }
        Err(problem) => refuse(&problem, &then).into_response(),
    }
}

/// Lets in whom the provider vouches for.
pub async fn callback(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Arc<Visitor>>,
    headers: HeaderMap,
    Query(Answer { code, state }): Query<Answer>,
) -> Response {
    let attempt = Secret::new(kept(&headers).unwrap_or_default().to_owned());
    let answer = ProviderAnswer { attempt, state, code: Secret::new(code) };
    let request_id = Some(visitor.request_id().to_owned());
    let result = async {
        let let_in = shared.portal.finish_provider_sign_in(request_id, answer).await?;
        visitor.begin(let_in.person.id).await?;
        Ok::<_, Problem>(let_in.then)
    };
    let next = match result.await {
        Ok(then) => Redirect::to(app::local(&then)),
        Err(problem) => refuse(&problem, ""),
    };
    (cookie(&shared, "", 0), next).into_response()
}

/// Only the two pages here are sent it. The provider's page leads back to them,
/// so it has to come along from another site.
fn cookie(shared: &Shared, value: &str, max_age: u64) -> Option<[(header::HeaderName, HeaderValue); 1]> {
    let secure = if shared.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path={BEGIN}; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    let value = HeaderValue::from_str(&cookie).ok()?;
    Some([(header::SET_COOKIE, value)])
}

fn kept(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// Back to where one signs in, which says why in words of its own.
fn refuse(problem: &Problem, then: &str) -> Redirect {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("problem", problem.kind.code());
    if !then.is_empty() {
        query.append_pair("then", then);
    }
    Redirect::to(&format!("/sign-in?{}", query.finish()))
}
