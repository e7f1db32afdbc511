//! Reading and checking the audit.

use domain::{
    Problem,
    actor::Caller,
    audit::{AuditVerdict, Event, ListEvents},
    page::{Page, PageQuery},
    policy,
};

use super::Handlers;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    which: &ListEvents,
    page: &PageQuery,
) -> Result<Page<Event>, Problem> {
    policy::read_audit(&by.actor)?;
    let filter = which.parse()?;
    let page = page.parse()?;
    Ok(portal.store.events(&policy::visibility(&by.actor), &filter, page).await?)
}

pub(super) async fn verify(portal: &Handlers, by: &Caller) -> Result<AuditVerdict, Problem> {
    policy::read_audit(&by.actor)?;
    Ok(portal.store.verify_chain().await?)
}
