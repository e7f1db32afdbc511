//! The audit as a file that is written while it is read.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    Problem,
    actor::Caller,
    audit::{ExportAs, ExportFormat, ListEvents},
    policy,
};
use futures::StreamExt;

use super::{Shared, problem::ApiProblem, query::Listing, session::BySession};
use crate::audit;

/// `GET /audit/export`: the same as the API's, for the Audit page.
pub async fn by_session(
    State(shared): State<Shared>,
    BySession(caller): BySession,
    listing: Listing<ListEvents, ExportAs>,
) -> Result<Response, ApiProblem> {
    file(&shared, &caller, listing).await
}

/// The events that are asked for, as a file.
///
/// # Errors
/// The caller may not read the audit, or the query is wrong.
pub async fn file(
    shared: &Shared,
    caller: &Caller,
    listing: Listing<ListEvents, ExportAs>,
) -> Result<Response, ApiProblem> {
    let (which, ExportAs { format }) = listing.unless(|| policy::read_audit(&caller.actor))?;
    let pages = shared.portal.export_events(caller, which).await?;
    let (media, name, first) = match format {
        ExportFormat::Ndjson => {
            ("application/x-ndjson", "attachment; filename=\"understudy-audit.ndjson\"", None)
        }
        // Also where nothing fits, the file says what its columns would be.
        ExportFormat::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=\"understudy-audit.csv\"",
            Some(audit::csv_header()),
        ),
    };
    let first = futures::stream::iter(first.map(Ok));
    // Where that fails the file breaks off, which whoever reads it is told by the connection.
    let rest = pages.map(move |page| audit::write(format, &page?).ok_or_else(Problem::internal));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, Body::from_stream(first.chain(rest))).into_response())
}
