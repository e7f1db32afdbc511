//! Whether the portal is alive and ready.

use async_trait::async_trait;
use axum::{Json, extract::State, http::header, response::IntoResponse};
use domain::{Problem, ProblemKind, problem::ProblemDocument};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Shared, problem::ApiProblem};

/// What the portal stands on.
#[async_trait]
pub trait Ready: Send + Sync {
    /// Whether the database can be reached and is migrated.
    async fn is_ready(&self) -> bool;

    /// What the portal measures of itself, in the text format of OpenMetrics;
    /// `None` where it cannot be measured now.
    async fn metrics(&self) -> Option<String>;
}

/// What Prometheus reads: OpenMetrics 1.0.0.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the portal measures of itself, for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "health", security(()), responses(
    (status = 200, body = String, content_type = "application/openmetrics-text"),
    (status = 503, description = "The database cannot be reached", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn metrics(State(shared): State<Shared>) -> Result<impl IntoResponse, ApiProblem> {
    let text = shared.ready.metrics().await.ok_or_else(not_ready)?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text))
}

/// How the portal is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(examples("ok"))]
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// Whether the portal is alive
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Health)), security(()))]
pub async fn healthz() -> Json<Health> {
    OK
}

/// Whether the portal is ready: the database can be reached and is migrated
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), responses(
    (status = 200, body = Health),
    (status = 503, description = "Not ready", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn readyz(State(shared): State<Shared>) -> Result<Json<Health>, ApiProblem> {
    if shared.ready.is_ready().await {
        return Ok(OK);
    }
    Err(not_ready().into())
}

fn not_ready() -> Problem {
    Problem::new(
        ProblemKind::NotReady,
        "The portal's database cannot be reached, or is not migrated yet. Try again in a moment.",
    )
}
