//! Who had an account, and when.

use domain::{
    Problem,
    actor::Caller,
    audit::{AccountReference, Action, EventFilter, Tenure},
    id::AccountId,
    page::PageRequest,
    policy::{self, Visibility},
};

use super::{Handlers, show_account};

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<Vec<Tenure>, Problem> {
    policy::read_accounts(&by.actor)?;
    let account = show_account::seen_by(by, portal.store.account(id).await?)?;
    // Before it could be used, nobody had it.
    let Some(mut from) = account.active_at else { return Ok(Vec::new()) };
    let handed_over = EventFilter {
        account: Some(AccountReference::Id(id)),
        action: Some(Action::AccountHandedOver),
        ..EventFilter::default()
    };
    // Few accounts change hands more often than a page is long; of one that
    // does, the last ones count.
    let page = PageRequest { limit: PageRequest::MAX_LIMIT, before: None };
    let events = portal.store.events(&Visibility::All, &handed_over, page).await?.items;
    let mut tenures = Vec::with_capacity(events.len() + 1);
    for event in events.into_iter().rev() {
        let before = event.details.as_ref().and_then(|details| details["from"].as_str());
        if let Some(holder) = before.and_then(|login| login.parse().ok()) {
            tenures.push(Tenure { holder, from, until: Some(event.at) });
        }
        from = event.at;
    }
    tenures.push(Tenure { holder: account.holder, from, until: account.ended_at });
    Ok(tenures)
}
