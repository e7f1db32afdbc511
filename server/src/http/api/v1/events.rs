//! The audit trail.

use axum::{Json, extract::State, response::Response};
use domain::{
    audit::{AuditVerdict, Event, ExportAs, ListEvents, SealedEvent},
    page::{Page, PageQuery},
    policy,
};

use crate::http::{Shared, export, problem::ApiProblem, query::Listing, token::ByToken};

/// Read the audit, newest first
#[utoipa::path(get, path = "/events", operation_id = "list_events", tag = "events", params(ListEvents, PageQuery),
    responses((status = 200, body = Page<Event>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<ListEvents>,
) -> Result<Json<Page<Event>>, ApiProblem> {
    let (which, page) = listing.unless(|| policy::read_audit(&caller.actor))?;
    Ok(Json(shared.portal.list_events(&caller, which, page).await?))
}

/// Take a copy of the audit, oldest first
#[utoipa::path(get, path = "/events/export", operation_id = "export_events", tag = "events",
    params(ListEvents, ExportAs),
    responses((status = 200, description = "A line or a row for each event, written while it is read", content(
        (SealedEvent = "application/x-ndjson"), (String = "text/csv; charset=utf-8")))))]
pub async fn export(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<ListEvents, ExportAs>,
) -> Result<Response, ApiProblem> {
    export::file(&shared, &caller, listing).await
}

/// Check that the history is whole
#[utoipa::path(get, path = "/events/verify", operation_id = "verify_audit", tag = "events", responses((status = 200, body = AuditVerdict)))]
pub async fn verify(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<AuditVerdict>, ApiProblem> {
    Ok(Json(shared.portal.verify_audit(&caller).await?))
}
