//! Use cases on the audit trail.

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::{
    actor::Caller,
    audit::{AuditVerdict, Event, ListEvents, SealedEvent},
    page::{Page, PageQuery},
    problem::Problem,
};

/// Use cases on the audit trail.
#[async_trait]
pub trait Audit: Send + Sync {
    /// The events that the caller may read, newest first.
    async fn list_events(
        &self,
        by: &Caller,
        which: ListEvents,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem>;

    /// The events that the caller may read, oldest first, each with its seal:
    /// those that were written before. It is on record that they were taken.
    async fn export_events(
        &self,
        by: &Caller,
        which: ListEvents,
    ) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem>;

    /// Recomputes the whole chain, and holds it against the heads of it that
    /// were kept outside the database.
    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem>;
}
