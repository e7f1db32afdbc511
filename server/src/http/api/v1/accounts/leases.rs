//! Keep an account for longer, or give it back.

use axum::{Json, extract::State, response::IntoResponse};
use domain::{account::AccountView, command::RenewAccount, id::AccountId, problem::ProblemDocument};

use super::{changed, read_about};
use crate::http::{Shared, body::JsonBody, path::Named, prefer::Prefer, problem::ApiProblem, token::ByToken};

/// Keep an account for longer
///
/// It never shortens a lease; past what the services' policies allow it is
/// refused.
#[utoipa::path(post, path = "/accounts/{id}/renew", operation_id = "renew_account", tag = "accounts", params(("id" = AccountId, Path)),
    request_body(content = RenewAccount, example = json!({"ttl": "2h"})),
    responses(
        (status = 200, body = AccountView),
        (status = 409, description = "It has no lease now, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn renew(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    body: JsonBody<RenewAccount>,
) -> Result<Json<AccountView>, ApiProblem> {
    let command = read_about(id, &shared, &caller, body, || Ok(())).await?;
    Ok(Json(shared.portal.renew_account(&caller, id, command).await?))
}

/// Take an account away
///
/// On an account that ended it changes nothing.
#[utoipa::path(delete, path = "/accounts/{id}", operation_id = "revoke_account", tag = "accounts",
    params(("id" = AccountId, Path), Prefer),
    responses(
        (status = 200, description = "Gone", body = AccountView),
        (status = 202, description = "Going: look at `Location`", body = AccountView, headers(("Location" = String))),
    ))]
pub async fn revoke(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
) -> Result<impl IntoResponse, ApiProblem> {
    let account = shared.portal.revoke_account(&caller, id, prefer.wait).await?;
    Ok(changed(prefer, account))
}
