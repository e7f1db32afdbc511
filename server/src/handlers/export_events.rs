//! Taking a copy of the audit, and checking it where it is.

use domain::{
    Problem,
    actor::Caller,
    audit::{Action, AuditVerdict, ListEvents, SealedEvent},
    policy,
};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use serde_json::json;

use super::Handlers;
use crate::{audit::Chain, store::NewEvent};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    which: &ListEvents,
) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem> {
    policy::read_audit(&by.actor)?;
    let filter = which.parse()?;
    let exported = NewEvent::new(Action::AuditExported, by).details(json!(which));
    portal.store.record(exported.repeatable()).await?;
    // What is not sealed yet could not be checked. The chain's end is where it is
    // when it is reached: so what tells of somebody's erasing is never left out
    // where their name is gone.
    portal.store.seal_pending().await?;
    let (store, visible) = (portal.store.clone(), policy::visibility(&by.actor));
    let pages = stream::try_unfold(0, move |after| {
        let (store, visible, filter) = (store.clone(), visible.clone(), filter.clone());
        async move {
            let page = store.sealed_events(&visible, &filter, after).await?;
            Ok::<_, Problem>(page.last().map(|last| last.seal.seq).map(|last| (page, last)))
        }
    });
    Ok(pages.into_stream().boxed())
}

pub(super) async fn verify(portal: &Handlers, by: &Caller) -> Result<AuditVerdict, Problem> {
    policy::read_audit(&by.actor)?;
    let heads = portal.heads.kept().map_err(|error| {
        tracing::error!(%error, "the signed heads of the audit could not be read");
        Problem::internal()
    })?;
    match Chain::begin(heads, &[portal.heads.public_key()]) {
        Ok(chain) => Ok(portal.store.verify_chain(chain).await?),
        Err(bad) => Ok(AuditVerdict::of_nothing(bad)),
    }
}
