//! Accounts: ask for one, look at it, reveal it, keep it, give it back.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    AccountState, ProblemKind,
    account::{AccountView, Credentials, IssuedAccount},
    audit::Event,
    command::{ListAccounts, RenewAccount, RequestAccount},
    id::AccountId,
    page::{Page, PageQuery},
    policy,
    problem::ProblemDocument,
};

use crate::http::{
    Shared,
    body::JsonBody,
    path::Named,
    prefer::Prefer,
    problem::ApiProblem,
    query::{Everything, Listing},
    token::ByToken,
};

/// List the accounts that one sees, newest first
#[utoipa::path(get, path = "/accounts", operation_id = "list_accounts", tag = "accounts", params(ListAccounts, PageQuery),
    responses((status = 200, body = Page<AccountView>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<ListAccounts>,
) -> Result<Json<Page<AccountView>>, ApiProblem> {
    let (which, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.list_accounts(&caller, which, page).await?))
}

/// Ask for an account
#[utoipa::path(post, path = "/accounts", operation_id = "request_account", tag = "accounts",
    params(("Prefer" = Option<String>, Header, description = "How long to wait: `wait=N` seconds (10 unless said otherwise, at most 60), or `respond-async`")),
    request_body(content = RequestAccount, example = json!({"services": ["orders"], "purpose": "checkout test", "ttl": "2h", "run": "github:acme/shop:9123:1"})),
    responses(
        (status = 201, description = "Active", body = IssuedAccount, headers(("Location" = String))),
        (status = 202, description = "Not active yet, or not any more: look at `Location`", body = IssuedAccount, headers(("Location" = String))),
    ))]
pub async fn request(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    prefer: Prefer,
    body: JsonBody<RequestAccount>,
) -> Result<Response, ApiProblem> {
    let command = body.unless(|| policy::request_account(&caller.actor).map(drop))?;
    let account = shared.portal.request_account(&caller, command, prefer.wait).await?;
    let at = location(account.id);
    if account.state != AccountState::Active {
        return Ok((StatusCode::ACCEPTED, prefer, at, Json(IssuedAccount { account, credentials: None }))
            .into_response());
    }
    // The account is there whether or not this works; where it does not, a
    // reveal says why.
    let credentials = shared.portal.reveal_account(&caller, account.id).await.ok();
    Ok((StatusCode::CREATED, prefer, at, Json(IssuedAccount { account, credentials })).into_response())
}

/// Look at an account
#[utoipa::path(get, path = "/accounts/{id}", operation_id = "show_account", tag = "accounts", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountView)))]
pub async fn show(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
) -> Result<Json<AccountView>, ApiProblem> {
    Ok(Json(shared.portal.show_account(&caller, id).await?))
}

/// What happened to an account, newest first
#[utoipa::path(get, path = "/accounts/{id}/history", operation_id = "account_history", tag = "accounts", params(("id" = AccountId, Path), PageQuery),
    responses((status = 200, body = Page<Event>)))]
pub async fn history(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    listing: Listing<Everything>,
) -> Result<Json<Page<Event>>, ApiProblem> {
    let (_, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.account_history(&caller, id, page).await?))
}

/// Show an account's credentials to its holder
///
/// Each reveal is an event of the audit.
#[utoipa::path(post, path = "/accounts/{id}/reveal", operation_id = "reveal_account", tag = "accounts", params(("id" = AccountId, Path)),
    responses(
        (status = 200, body = Credentials),
        (status = 409, description = "It is not active", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn reveal(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
) -> Result<Json<Credentials>, ApiProblem> {
    Ok(Json(shared.portal.reveal_account(&caller, id).await?))
}

/// Keep an account for longer
///
/// It never shortens a lease; past what the services' policies allow it is
/// refused.
#[utoipa::path(post, path = "/accounts/{id}/renew", operation_id = "renew_account", tag = "accounts", params(("id" = AccountId, Path)),
    request_body(content = RenewAccount, example = json!({"ttl": "2h"})),
    responses(
        (status = 200, body = AccountView),
        (status = 409, description = "It has no lease now", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn renew(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    body: JsonBody<RenewAccount>,
) -> Result<Json<AccountView>, ApiProblem> {
    let command = match body.unless(|| policy::write_accounts(&caller.actor)) {
        Ok(command) => command,
        // What one may not see is not found, whatever was sent.
        Err(bad) => {
            let seen = shared.portal.show_account(&caller, id).await;
            return Err(seen
                .err()
                .filter(|unseen| unseen.kind == ProblemKind::NotFound)
                .unwrap_or(bad)
                .into());
        }
    };
    Ok(Json(shared.portal.renew_account(&caller, id, command).await?))
}

/// Take an account away
///
/// On an account that ended it changes nothing.
#[utoipa::path(delete, path = "/accounts/{id}", operation_id = "revoke_account", tag = "accounts",
    params(
        ("id" = AccountId, Path),
        ("Prefer" = Option<String>, Header, description = "How long to wait: `wait=N` seconds, or `respond-async`"),
    ),
    responses(
        (status = 200, description = "Gone", body = AccountView),
        (status = 202, description = "Going: look at `Location`", body = AccountView, headers(("Location" = String))),
    ))]
pub async fn revoke(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
    prefer: Prefer,
) -> Result<Response, ApiProblem> {
    let account = shared.portal.revoke_account(&caller, id, prefer.wait).await?;
    if account.state.is_final() {
        return Ok((prefer, Json(account)).into_response());
    }
    Ok((StatusCode::ACCEPTED, prefer, location(id), Json(account)).into_response())
}

fn location(id: AccountId) -> [(header::HeaderName, String); 1] {
    [(header::LOCATION, format!("/api/v1/accounts/{id}"))]
}
