//! Whether services give accounts out: pausing, resuming and retiring them.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    Problem,
    command::WithReason,
    policy,
    problem::ProblemDocument,
    service::{RetireService, Service, ServiceState},
    text::Slug,
};
use serde::Deserialize;

use crate::http::{
    Shared, body::JsonBodyIfAny, outcome::location, path::Named, problem::ApiProblem, query::Options,
    token::ByToken,
};

/// Let a service give no new accounts out
///
/// What is there goes on: leases, resets, removals. Its reason is told to
/// whoever asks for an account there.
#[utoipa::path(post, path = "/services/{slug}/pause", operation_id = "pause_service", tag = "services", params(("slug" = Slug, Path)),
    request_body(content = Option<WithReason>, example = json!({"reason": "its disk is being changed"})),
    responses(
        (status = 200, body = Service),
        (status = 409, description = "It gives none out already", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn pause(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
    JsonBodyIfAny(body): JsonBodyIfAny<WithReason>,
) -> Result<Json<Service>, ApiProblem> {
    let command = body.unless(|| policy::operate_services(&caller.actor))?;
    Ok(Json(shared.portal.pause_service(&caller, slug.as_str(), command).await?))
}

/// Let a paused service give accounts out again
#[utoipa::path(post, path = "/services/{slug}/resume", operation_id = "resume_service", tag = "services", params(("slug" = Slug, Path)),
    responses(
        (status = 200, body = Service),
        (status = 409, description = "It is not paused", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn resume(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
) -> Result<Json<Service>, ApiProblem> {
    Ok(Json(shared.portal.resume_service(&caller, slug.as_str()).await?))
}

/// How to retire a service.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RetireOptions {
    /// Whether to revoke all that it holds, instead of refusing while it holds something.
    #[param(value_type = Option<bool>)]
    drain: Option<String>,
    /// Why; at most 500 characters.
    reason: Option<String>,
}

impl RetireOptions {
    fn read(self) -> Result<RetireService, Problem> {
        let drain = self.drain.as_deref().map_or(Ok(false), str::parse);
        let drain = drain.map_err(|_| Problem::invalid("/drain", "must be true or false"))?;
        Ok(RetireService { drain, reason: self.reason })
    }
}

/// Retire a service
///
/// It goes from all lists, and can be registered anew. With `drain` all that
/// it holds is revoked first, also what is kept with its run, and requests
/// that wait for a decision are denied.
#[utoipa::path(delete, path = "/services/{slug}", operation_id = "retire_service", tag = "services", params(("slug" = Slug, Path), RetireOptions),
    responses(
        (status = 200, description = "Retired", body = Service),
        (status = 202, description = "What it holds is being removed: it is retired once `Location` answers 404", body = Service, headers(("Location" = String))),
        (status = 409, description = "It holds something", body = ProblemDocument, content_type = "application/problem+json"),
    ))]
pub async fn retire(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
    options: Options<RetireOptions>,
) -> Result<Response, ApiProblem> {
    let authorise = || policy::write_services(&caller.actor);
    let command = options.unless(authorise)?.read();
    let command = command.or_else(|bad| authorise().and(Err(bad)))?;
    let service = shared.portal.retire_service(&caller, slug.as_str(), command).await?;
    if service.state == ServiceState::Retired {
        return Ok(Json(service).into_response());
    }
    Ok((StatusCode::ACCEPTED, location("services", &service.slug), Json(service)).into_response())
}
