//! What runs beside the accounts: cleanup debt, runs that are kept, and the
//! clock by which leases end.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    id::EnrollmentId,
    page::{Page, PageQuery},
    policy,
    problem::ProblemDocument,
    text::RunName,
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    Shared,
    body::JsonBody,
    outcome::{Outcome, location},
    path::Named,
    prefer::Prefer,
    problem::ApiProblem,
    query::{Listing, Options},
    token::ByToken,
};

/// List what should be gone from a service and is not, newest first
#[utoipa::path(get, path = "/debt", operation_id = "list_debt", tag = "upkeep", params(ListDebt, PageQuery),
    responses((status = 200, body = Page<Debt>)))]
pub async fn list_debt(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<ListDebt>,
) -> Result<Json<Page<Debt>>, ApiProblem> {
    let (which, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.list_debt(&caller, which, page).await?))
}

/// Have the next attempts to remove all of it made now
///
/// Of what the caller may clean up: the 1,000 that are owed for the longest. The
/// same key again hurries nothing more, and answers 0.
#[utoipa::path(post, path = "/debt/retry", operation_id = "retry_removals", tag = "upkeep", params(ListDebt),
    responses((status = 202, description = "They are due now", body = Hurried)))]
pub async fn retry_removals(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    which: Options<ListDebt>,
) -> Result<impl IntoResponse, ApiProblem> {
    let which = which.unless(|| policy::clean_up(&caller.actor).map(drop))?;
    Ok((StatusCode::ACCEPTED, Json(shared.portal.retry_removals(&caller, which).await?)))
}

/// Have the next attempt to remove it made now
///
/// It would be made some time anyhow: a removal is tried until it succeeds.
#[utoipa::path(post, path = "/debt/{enrollment}/retry", operation_id = "retry_removal", tag = "upkeep", params(("enrollment" = EnrollmentId, Path)),
    responses(
        (status = 202, description = "It is being attempted: look at `Location`", body = Debt, headers(("Location" = String))),
        (status = 409, description = "Nothing is being removed there", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn retry_removal(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<EnrollmentId>,
) -> Result<impl IntoResponse, ApiProblem> {
    let debt = shared.portal.retry_removal(&caller, id).await?;
    Ok(Outcome { prefer: Prefer::default(), done: None, at: location("accounts", debt.account), body: debt })
}

/// Keep a run's accounts from cleanups for a while
///
/// So that a failed run can be looked into. Their leases end as ever.
#[utoipa::path(put, path = "/runs/{run}/keep", operation_id = "keep_run", tag = "upkeep",
    params(("run" = RunName, Path, description = "Percent-encoded: a `/` in it is written `%2F`", example = "github:acme%2Fshop:9123:1")),
    request_body(content = KeepRun, example = json!({"for": "30m"})),
    responses((status = 200, body = Run)))]
pub async fn keep_run(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(run): Named<RunName>,
    body: JsonBody<KeepRun>,
) -> Result<Json<Run>, ApiProblem> {
    let command = body.unless(|| policy::write_accounts(&caller.actor))?;
    Ok(Json(shared.portal.keep_run(&caller, run.as_str(), command).await?))
}

/// Whether leases end.
#[derive(Debug, Serialize, ToSchema)]
pub struct Expiry {
    /// Why they do not for the time being; null while they do.
    paused: Option<ExpiryPause>,
}

/// Whether leases end, or wait because the clock jumped
#[utoipa::path(get, path = "/expiry", operation_id = "show_expiry", tag = "upkeep", responses((status = 200, body = Expiry)))]
pub async fn show_expiry(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<Expiry>, ApiProblem> {
    Ok(Json(Expiry { paused: shared.portal.expiry_pause(&caller).await? }))
}

/// Let leases end again
///
/// Where they do already it changes nothing.
#[utoipa::path(post, path = "/expiry/resume", operation_id = "resume_expiry", tag = "upkeep", responses((status = 200, body = Expiry)))]
pub async fn resume_expiry(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<Expiry>, ApiProblem> {
    shared.portal.resume_expiry(&caller).await?;
    Ok(Json(Expiry { paused: None }))
}
