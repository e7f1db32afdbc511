//! Disable an account for a while.

use axum::{extract::State, response::IntoResponse};
use domain::{account::AccountView, command::WithReason, id::AccountId, problem::ProblemDocument};

use super::{changed, read_about};
use crate::http::{
    Shared, body::JsonBodyIfAny, path::Named, prefer::Prefer, problem::ApiProblem, token::ByToken,
};

/// Disable an account on every service
///
/// Its lease goes on. Refused where a service cannot disable accounts.
#[utoipa::path(post, path = "/accounts/{id}/freeze", operation_id = "freeze_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    request_body(content = Option<WithReason>, example = json!({"reason": "under investigation"})),
    responses(
        (status = 200, description = "Disabled everywhere", body = AccountView),
        (status = 202, description = "Some services have not done it yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It is not in use, or a service cannot disable accounts", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn freeze(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || Ok(())).await?;
    let account = shared.portal.freeze_account(&caller, id, command, prefer.wait).await?;
    Ok(changed(prefer, account))
}

/// Enable a frozen account again on every service
#[utoipa::path(post, path = "/accounts/{id}/unfreeze", operation_id = "unfreeze_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    request_body(content = Option<WithReason>, example = json!({"reason": "cleared"})),
    responses(
        (status = 200, description = "Enabled everywhere", body = AccountView),
        (status = 202, description = "Some services have not done it yet: look at `Location`", body = AccountView, headers(("Location" = String))),
        (status = 409, description = "It is not frozen", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn unfreeze(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || Ok(())).await?;
    let account = shared.portal.unfreeze_account(&caller, id, command, prefer.wait).await?;
    Ok(changed(prefer, account))
}
