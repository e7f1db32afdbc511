//! Accounts: ask for one, look at it, and all that can be done to it.

mod decisions;
mod freezing;
mod leases;
mod passwords;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    AccountState, Problem, ProblemKind,
    account::{AccountView, Credentials, IssuedAccount},
    actor::Caller,
    audit::{Event, Tenure},
    batch::Batch,
    command::{ListAccounts, RequestAccount},
    id::AccountId,
    page::{Page, PageQuery},
    policy,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{
    Shared,
    body::JsonBody,
    outcome::{Outcome, location},
    path::Named,
    prefer::Prefer,
    problem::ApiProblem,
    query::{Everything, Listing},
    token::ByToken,
};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, request))
        .routes(routes!(show, leases::revoke))
        .routes(routes!(history))
        .routes(routes!(holders))
        .routes(routes!(leases::renew))
        .routes(routes!(passwords::reveal))
        .routes(routes!(passwords::reset))
        .routes(routes!(passwords::hand_over, passwords::call_off))
        .routes(routes!(decisions::approve))
        .routes(routes!(decisions::deny))
        .routes(routes!(freezing::freeze))
        .routes(routes!(freezing::unfreeze))
}

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

/// What was asked for, as it stands.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Requested {
    /// One account.
    Account(Box<IssuedAccount>),
    /// More than one.
    Batch(Box<Batch>),
}

/// Ask for an account, or with `count` for a batch of them
///
/// A batch is answered at once; its `Location` tells of its progress.
#[utoipa::path(post, path = "/accounts", operation_id = "request_account", tag = "accounts", params(Prefer),
    request_body(content = RequestAccount, example = json!({"services": ["orders"], "purpose": "checkout test", "ttl": "2h", "run": "github:acme/shop:9123:1"})),
    responses(
        (status = 201, description = "Active", body = IssuedAccount, headers(("Location" = String))),
        (status = 202, description = "Not active yet, waiting for a manager, or given up; or a batch: look at `Location`", body = Requested, headers(("Location" = String))),
    ))]
pub async fn request(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    prefer: Prefer,
    body: JsonBody<RequestAccount>,
) -> Result<Response, ApiProblem> {
    let command = body.unless(|| policy::request_account(&caller.actor).map(drop))?;
    if command.is_batch() {
        let batch = shared.portal.request_batch(&caller, command).await?;
        let at = location("batches", batch.id);
        let body = Requested::Batch(Box::new(batch));
        return Ok(Outcome { prefer: Prefer::default(), done: None, at, body }.into_response());
    }
    let issued = shared.portal.issue_account(&caller, command, prefer.wait).await?;
    // Who asks once more hears the same as at first, whatever became of the
    // account since.
    let done = issued.account.active_at.map(|_| StatusCode::CREATED);
    let at = location("accounts", issued.account.id);
    let body = Requested::Account(Box::new(issued));
    Ok(Outcome { prefer, done, at, body }.into_response())
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

/// Who had an account, and when
///
/// The first holder first: those who answer "who had this account on this day".
#[utoipa::path(get, path = "/accounts/{id}/holders", operation_id = "account_holders", tag = "accounts", params(("id" = AccountId, Path)),
    responses((status = 200, body = Page<Tenure>)))]
pub async fn holders(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<AccountId>,
) -> Result<Json<Page<Tenure>>, ApiProblem> {
    let items = shared.portal.account_holders(&caller, id).await?;
    Ok(Json(Page { items, next: None }))
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

/// The account's credentials, for who holds it. The account is there whether
/// or not they can be had; where they cannot, a reveal says why.
async fn credentials(shared: &Shared, caller: &Caller, account: &AccountView) -> Option<Credentials> {
    if !policy::holds(&caller.actor, &account.holder) {
        return None;
    }
    shared.portal.reveal_account(caller, account.id).await.ok()
}

/// How an account answers a change: 200 once every service is as wanted, or
/// the account has ended.
fn changed(prefer: Prefer, account: AccountView) -> Outcome<AccountView> {
    let done = is_settled(&account).then_some(StatusCode::OK);
    Outcome { prefer, done, at: location("accounts", account.id), body: account }
}

fn is_settled(account: &AccountView) -> bool {
    let has_services = |disabled: bool| {
        account.services.iter().all(|service| {
            !service.reset_pending && service.disabled == disabled && service.next_attempt_at.is_none()
        })
    };
    match account.state {
        AccountState::Active => has_services(false),
        AccountState::Frozen => has_services(true),
        AccountState::Requested | AccountState::Provisioning | AccountState::Revoking => false,
        AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => true,
    }
}

/// The body of a call that changes an account. What is wrong with it is said
/// only to those whom `authorise` lets pass; and what one may not see is not
/// found, whatever was sent.
async fn read_about<T>(
    id: AccountId,
    shared: &Shared,
    caller: &Caller,
    body: JsonBody<T>,
    authorise: impl FnOnce() -> Result<(), Problem>,
) -> Result<T, Problem> {
    let bad = match body.unless(|| policy::write_accounts(&caller.actor)) {
        Ok(command) => return Ok(command),
        Err(bad) => bad,
    };
    match shared.portal.show_account(caller, id).await {
        Err(unseen) if unseen.kind == ProblemKind::NotFound => Err(unseen),
        Ok(_) | Err(_) => authorise().and(Err(bad)),
    }
}
