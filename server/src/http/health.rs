//! Whether the portal is alive and ready.

use async_trait::async_trait;
use axum::{Json, extract::State};
use domain::{Problem, ProblemKind, problem::ProblemDocument};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Shared, problem::ApiProblem};

/// What the portal stands on.
#[async_trait]
pub trait Ready: Send + Sync {
    /// Whether the database can be reached and is migrated.
    async fn is_ready(&self) -> bool;
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
    Err(Problem::new(
        ProblemKind::TargetUnavailable,
        "The portal is not ready: its database cannot be reached, or is not migrated yet.",
    )
    .into())
}
