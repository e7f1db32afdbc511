//! Reading the audit. That somebody did is on record itself; how they turned
//! the pages is not.

use domain::{
    Problem,
    actor::Caller,
    audit::{Action, Event, ListEvents},
    page::{Page, PageQuery},
    policy,
};

use serde_json::json;

use super::Handlers;
use crate::store::NewEvent;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    which: &ListEvents,
    page: &PageQuery,
) -> Result<Page<Event>, Problem> {
    policy::read_audit(&by.actor)?;
    let filter = which.parse()?;
    let page = page.parse()?;
    let is_first = page.before.is_none();
    let events = portal.store.events(&policy::visibility(&by.actor), &filter, page).await?;
    if is_first {
        let read = NewEvent::new(Action::AuditRead, by).details(json!(which));
        portal.store.record(read.repeatable()).await?;
    }
    Ok(events)
}
