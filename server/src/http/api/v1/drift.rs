//! Where services and the ledger differ.

use axum::{Json, extract::State};
use domain::{
    Problem,
    drift::{DriftEntry, ListDrift, Sweep},
    id::DriftId,
    page::{Page, PageQuery},
    policy,
    problem::ProblemDocument,
    text::Slug,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{
    Shared,
    path::Named,
    prefer::Prefer,
    problem::ApiProblem,
    query::{Listing, Options},
    token::ByToken,
};

/// The routes, without the prefix.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(sweep))
        .routes(routes!(list))
        .routes(routes!(adopt))
        .routes(routes!(delete))
        .routes(routes!(ignore))
}

/// How to sweep.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SweepOptions {
    /// Whether to say only what is found, and change nothing.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

impl SweepOptions {
    fn is_dry_run(&self) -> Result<bool, Problem> {
        let said = self.dry_run.as_deref().map(str::parse);
        said.unwrap_or(Ok(false)).map_err(|_| Problem::invalid("/dry_run", "must be true or false"))
    }
}

/// Compare a service's accounts with the ledger now
///
/// What was minted here and should be gone is deleted there; whatever else the
/// service has is left alone. What is found twice in a row stands at `/drift`.
#[utoipa::path(post, path = "/services/{slug}/sweep", operation_id = "sweep_service", tag = "drift",
    params(("slug" = Slug, Path), SweepOptions),
    responses(
        (status = 200, description = "What was found", body = Sweep),
        (status = 409, description = "Its definition has no `list`, it is being swept, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 502, description = "The service refused to list its accounts", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The service did not answer", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn sweep(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
    options: Options<SweepOptions>,
) -> Result<Json<Sweep>, ApiProblem> {
    let authorise = || policy::operate_services(&caller.actor);
    let dry_run = options.unless(authorise)?.is_dry_run();
    let dry_run = dry_run.or_else(|bad| authorise().and(Err(bad)))?;
    Ok(Json(shared.portal.sweep_service(&caller, slug.as_str(), dry_run).await?))
}

/// List where services and the ledger differ, newest first
///
/// What was seen in two sweeps in a row, and nobody has decided on.
#[utoipa::path(get, path = "/drift", operation_id = "list_drift", tag = "drift", params(ListDrift, PageQuery),
    responses((status = 200, body = Page<DriftEntry>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<ListDrift>,
) -> Result<Json<Page<DriftEntry>>, ApiProblem> {
    let (which, page) = listing.unless(|| policy::read_drift(&caller.actor))?;
    Ok(Json(shared.portal.list_drift(&caller, which, page).await?))
}

/// Make it right here
///
/// An account that is missing on its service is created there again, with a new
/// password. A stranger's becomes the caller's, with a password that the portal
/// sets, and is removed from the service when its lease ends.
#[utoipa::path(post, path = "/drift/{id}/adopt", operation_id = "adopt_drift", tag = "drift",
    params(("id" = DriftId, Path), Prefer),
    responses(
        (status = 200, description = "It belongs to `account`", body = DriftEntry),
        (status = 409, description = "It was dealt with already, its account has ended, the service cannot set passwords, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn adopt(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<DriftId>,
    prefer: Prefer,
) -> Result<(Prefer, Json<DriftEntry>), ApiProblem> {
    let entry = shared.portal.adopt_drift(&caller, id, prefer.wait).await?;
    Ok((prefer, Json(entry)))
}

/// Make it right there
///
/// What was minted here and should be gone is deleted from the service; an
/// account that is missing there is taken away. A stranger's is never deleted.
#[utoipa::path(post, path = "/drift/{id}/delete", operation_id = "delete_drift", tag = "drift",
    params(("id" = DriftId, Path), Prefer),
    responses(
        (status = 200, description = "It is gone, or going", body = DriftEntry),
        (status = 409, description = "It was dealt with already, was not minted here, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 502, description = "The service refused to delete it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The service did not answer", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn delete(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<DriftId>,
    prefer: Prefer,
) -> Result<(Prefer, Json<DriftEntry>), ApiProblem> {
    let entry = shared.portal.delete_drift(&caller, id, prefer.wait).await?;
    Ok((prefer, Json(entry)))
}

/// Leave it as it is
///
/// It is not shown again while it stays so.
#[utoipa::path(post, path = "/drift/{id}/ignore", operation_id = "ignore_drift", tag = "drift",
    params(("id" = DriftId, Path)),
    responses(
        (status = 200, body = DriftEntry),
        (status = 409, description = "It was dealt with already, or the first request with this key is still running", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn ignore(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<DriftId>,
) -> Result<Json<DriftEntry>, ApiProblem> {
    Ok(Json(shared.portal.ignore_drift(&caller, id).await?))
}
