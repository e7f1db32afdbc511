//! Decide on requests that wait for a manager.

use axum::{Json, extract::State, response::IntoResponse};
use domain::{account::AccountView, command::WithReason, id::AccountId, policy, problem::ProblemDocument};

use super::{changed, read_about};
use crate::http::{
    Shared, body::JsonBodyIfAny, path::Named, prefer::Prefer, problem::ApiProblem, token::ByToken,
};

/// Agree to a request
///
/// Nobody agrees to their own.
#[utoipa::path(post, path = "/accounts/{id}/approve", operation_id = "approve_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    request_body(content = Option<WithReason>, example = json!({"reason": "for the audit on Friday"})),
    responses(
        (status = 200, description = "Active", body = AccountView),
        (status = 202, description = "Agreed to and not active yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It does not wait for that, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn approve(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || policy::decide(&caller.actor)).await?;
    let account = shared.portal.approve_account(&caller, id, command, prefer.wait).await?;
    Ok(changed(prefer, account))
}

/// Do not agree to a request
///
/// Its reason is owed to who asked.
#[utoipa::path(post, path = "/accounts/{id}/deny", operation_id = "deny_account", tag = "accounts", params(("id" = AccountId, Path)),
    request_body(content = WithReason, example = json!({"reason": "use the shared account of the suite"})),
    responses(
        (status = 200, body = AccountView),
        (status = 409, description = "It does not wait for that, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn deny(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<Json<AccountView>, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || policy::decide(&caller.actor)).await?;
    Ok(Json(shared.portal.deny_account(&caller, id, command).await?))
}
