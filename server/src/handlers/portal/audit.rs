//! Use cases on the audit trail.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    audit::{AuditVerdict, Event, ListEvents, SealedEvent},
    page::{Page, PageQuery},
    portal::Audit,
};
use futures::stream::BoxStream;

use crate::handlers::{Handlers, export_events, list_events};

#[async_trait]
impl Audit for Handlers {
    async fn list_events(
        &self,
        by: &Caller,
        which: ListEvents,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        self.refusals_noted(by, "list_events", list_events::run(self, by, &which, &page)).await
    }

    async fn export_events(
        &self,
        by: &Caller,
        which: ListEvents,
    ) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem> {
        self.refusals_noted(by, "export_events", export_events::run(self, by, &which)).await
    }

    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem> {
        self.refusals_noted(by, "verify_audit", export_events::verify(self, by)).await
    }
}
