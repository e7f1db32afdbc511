//! Batches: many accounts asked for, or taken away, as one.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    Problem,
    account::IssuedAccount,
    batch::{Batch, CleanUp, CleanUpPreview, Waiting},
    command::WithReason,
    id::BatchId,
    page::{Page, PageQuery},
    policy,
    problem::ProblemDocument,
};
use serde::Deserialize;

use crate::http::{
    Shared,
    body::{JsonBody, JsonBodyIfAny},
    outcome::{Outcome, location},
    path::Named,
    prefer::Prefer,
    problem::ApiProblem,
    query::{Everything, Listing, Options},
    sse,
    token::ByToken,
};

/// How to clean up.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CleanUpOptions {
    /// Whether to say only what would be taken away.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

impl CleanUpOptions {
    fn is_dry_run(&self) -> Result<bool, Problem> {
        let said = self.dry_run.as_deref().map(str::parse);
        said.unwrap_or(Ok(false)).map_err(|_| Problem::invalid("/dry_run", "must be true or false"))
    }
}

/// Take many accounts away
///
/// What is selected is settled when the cleanup is accepted: accounts that
/// are made later are safe, and so are those of a run that is kept.
#[utoipa::path(post, path = "/cleanups", operation_id = "clean_up", tag = "batches", params(CleanUpOptions, Prefer),
    request_body(content = CleanUp, example = json!({"run": "github:acme/shop:9123:1"})),
    responses(
        (status = 200, description = "What a cleanup would take away now", body = CleanUpPreview),
        (status = 202, description = "Accepted: look at `Location`. With `Prefer: wait=N` it may be finished already", body = Batch, headers(("Location" = String))),
    ))]
pub async fn clean_up(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    prefer: Prefer,
    options: Options<CleanUpOptions>,
    body: JsonBody<CleanUp>,
) -> Result<Response, ApiProblem> {
    let authorise = || policy::clean_up(&caller.actor).map(drop);
    let dry_run = options.unless(authorise)?.is_dry_run();
    let which = body.unless(authorise)?;
    if dry_run.or_else(|bad| authorise().and(Err(bad)))? {
        return Ok(Json(shared.portal.preview_cleanup(&caller, which).await?).into_response());
    }
    let batch = shared.portal.clean_up(&caller, which, prefer.asked_wait()).await?;
    Ok(accepted(batch, prefer).into_response())
}

fn accepted(batch: Batch, prefer: Prefer) -> Outcome<Batch> {
    Outcome { prefer, done: None, at: location("batches", batch.id), body: batch }
}

/// List the batches that one sees, newest first
#[utoipa::path(get, path = "/batches", operation_id = "list_batches", tag = "batches", params(PageQuery),
    responses((status = 200, body = Page<Batch>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<Everything>,
) -> Result<Json<Page<Batch>>, ApiProblem> {
    let (_, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.list_batches(&caller, page).await?))
}

/// Look at a batch
#[utoipa::path(get, path = "/batches/{id}", operation_id = "show_batch", tag = "batches", params(("id" = BatchId, Path)),
    responses((status = 200, body = Batch)))]
pub async fn show(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
) -> Result<Json<Batch>, ApiProblem> {
    Ok(Json(shared.portal.show_batch(&caller, id).await?))
}

/// One event of the stream.
#[derive(Debug, utoipa::ToSchema)]
#[expect(dead_code, reason = "it only describes what the stream is made of")]
pub struct BatchEvent {
    /// `batch`.
    event: String,
    /// The batch as it is then, as JSON.
    data: String,
}

/// Watch a batch getting on
///
/// Server-sent events named `batch`, each with the batch as it is then. The
/// stream ends once the batch is finished.
#[utoipa::path(get, path = "/batches/{id}/events", operation_id = "watch_batch", tag = "batches", params(("id" = BatchId, Path)),
    responses((status = 200, description = "The batch now, and again as it gets on", body = BatchEvent, content_type = "text/event-stream")))]
pub async fn watch(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
) -> Result<impl IntoResponse, ApiProblem> {
    let news = shared.portal.watch_batch(&caller, id).await?;
    Ok(sse::tell("batch", news, shared.shutdown.clone().cancelled_owned()))
}

/// List the requests that wait for a decision, newest first
///
/// Those of a batch as one.
#[utoipa::path(get, path = "/approvals", operation_id = "list_waiting", tag = "batches", params(PageQuery),
    responses((status = 200, body = Page<Waiting>)))]
pub async fn waiting(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<Everything>,
) -> Result<Json<Page<Waiting>>, ApiProblem> {
    let (_, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.list_waiting(&caller, page).await?))
}

/// Agree to all requests of a batch that wait for that
///
/// Nobody agrees to their own.
#[utoipa::path(post, path = "/batches/{id}/approve", operation_id = "approve_batch", tag = "batches", params(("id" = BatchId, Path)),
    request_body(content = Option<WithReason>, example = json!({"reason": "for the load test on Friday"})),
    responses(
        (status = 202, description = "Agreed to: look at `Location`", body = Batch, headers(("Location" = String))),
        (status = 409, description = "Nothing of it waits for that, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn approve(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = body.unless(|| policy::decide(&caller.actor))?;
    Ok(accepted(shared.portal.approve_batch(&caller, id, command).await?, Prefer::default()))
}

/// Do not agree to the requests of a batch that wait for that
///
/// Its reason is owed to who asked.
#[utoipa::path(post, path = "/batches/{id}/deny", operation_id = "deny_batch", tag = "batches", params(("id" = BatchId, Path)),
    request_body(content = WithReason, example = json!({"reason": "fifty are enough for that"})),
    responses(
        (status = 200, body = Batch),
        (status = 409, description = "Nothing of it waits for that, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn deny(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<Json<Batch>, ApiProblem> {
    let command = body.unless(|| policy::decide(&caller.actor))?;
    Ok(Json(shared.portal.deny_batch(&caller, id, command).await?))
}

/// Ask once more for what failed of a batch
#[utoipa::path(post, path = "/batches/{id}/retry", operation_id = "retry_batch", tag = "batches", params(("id" = BatchId, Path)),
    responses((status = 202, description = "Accepted: look at `Location`", body = Batch, headers(("Location" = String)))))]
pub async fn retry(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
) -> Result<impl IntoResponse, ApiProblem> {
    Ok(accepted(shared.portal.retry_batch(&caller, id).await?, Prefer::default()))
}

/// List a batch's accounts, newest first
///
/// With credentials for who holds them: each a reveal, and an event of the
/// audit.
#[utoipa::path(get, path = "/batches/{id}/accounts", operation_id = "batch_accounts", tag = "batches", params(("id" = BatchId, Path), PageQuery),
    responses((status = 200, body = Page<IssuedAccount>)))]
pub async fn accounts(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<BatchId>,
    listing: Listing<Everything>,
) -> Result<Json<Page<IssuedAccount>>, ApiProblem> {
    let (_, page) = listing.unless(|| policy::read_accounts(&caller.actor))?;
    Ok(Json(shared.portal.batch_accounts(&caller, id, page).await?))
}
