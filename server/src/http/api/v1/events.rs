//! The audit trail.

use axum::{Json, extract::State};
use domain::{
    audit::{AuditVerdict, Event, ListEvents},
    page::{Page, PageQuery},
    policy,
};

use crate::http::{Shared, problem::ApiProblem, query::Listing, token::ByToken};

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

/// Check that the history is whole
#[utoipa::path(get, path = "/events/verify", operation_id = "verify_audit", tag = "events", responses((status = 200, body = AuditVerdict)))]
pub async fn verify(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<AuditVerdict>, ApiProblem> {
    Ok(Json(shared.portal.verify_audit(&caller).await?))
}
