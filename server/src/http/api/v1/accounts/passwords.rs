//! Passwords: see one, have another made, give the account to somebody else.

use axum::{Json, extract::State, response::IntoResponse};
use domain::{
    account::{AccountView, Credentials, IssuedAccount},
    command::HandOver,
    id::AccountId,
    problem::ProblemDocument,
};

use super::{changed, credentials, read_about};
use crate::http::{Shared, body::JsonBody, path::Named, prefer::Prefer, problem::ApiProblem, token::ByToken};

/// Show an account's credentials to its holder
///
/// Each reveal is an event of the audit.
#[utoipa::path(post, path = "/accounts/{id}/reveal", operation_id = "reveal_account", tag = "accounts", params(("id" = AccountId, Path)),
    responses(
        (status = 200, body = Credentials),
        (status = 409, description = "It is not in use", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn reveal(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
) -> Result<Json<Credentials>, ApiProblem> {
    Ok(Json(shared.portal.reveal_account(&caller, id).await?))
}

/// Give an account another password on every service
///
/// Its holder gets it with the answer.
#[utoipa::path(post, path = "/accounts/{id}/reset", operation_id = "reset_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    responses(
        (status = 200, description = "Every service has it", body = IssuedAccount),
        (status = 202, description = "Some services do not have it yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It is not in use, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn reset(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
) -> Result<impl IntoResponse, ApiProblem> {
    let account = shared.portal.reset_account(&caller, id, prefer.wait).await?;
    let outcome = changed(prefer, account);
    let credentials = match outcome.done {
        Some(_) => credentials(&shared, &caller, &outcome.body).await,
        None => None,
    };
    Ok(outcome.map(|account| IssuedAccount { account, credentials }))
}

/// Give an account to somebody else
///
/// It is theirs once every service has a new password: who held it before
/// knows none that works.
#[utoipa::path(post, path = "/accounts/{id}/hand-over", operation_id = "hand_over_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    request_body(content = HandOver, example = json!({"to": "ann.lee"})),
    responses(
        (status = 200, description = "It is theirs", body = AccountView),
        (status = 202, description = "Some services do not have the new password yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It is not in use, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn hand_over(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
    body: JsonBody<HandOver>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || Ok(())).await?;
    let account = shared.portal.hand_over_account(&caller, id, command, prefer.wait).await?;
    Ok(changed(prefer, account))
}

/// Call a hand-over off
///
/// Its holder keeps the account, with a new password.
#[utoipa::path(delete, path = "/accounts/{id}/hand-over", operation_id = "call_off_hand_over", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    responses(
        (status = 200, description = "It stays", body = AccountView),
        (status = 202, description = "It stays, and some services do not have the new password yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It is not being handed over", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn call_off(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
) -> Result<impl IntoResponse, ApiProblem> {
    let account = shared.portal.call_off_hand_over(&caller, id, prefer.wait).await?;
    Ok(changed(prefer, account))
}
