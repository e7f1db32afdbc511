//! What happened to an account.

use domain::{
    Problem,
    actor::Caller,
    audit::{AccountReference, Event, EventFilter},
    id::AccountId,
    page::{Page, PageQuery},
    policy::{self, Visibility},
};

use super::{Handlers, show_account};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    page: &PageQuery,
) -> Result<Page<Event>, Problem> {
    policy::read_accounts(&by.actor)?;
    let page = page.parse()?;
    show_account::seen_by(by, portal.store.account(id).await?)?;
    let of_account = EventFilter { account: Some(AccountReference::Id(id)), ..EventFilter::default() };
    // Who sees the account sees its whole history, whoever acted.
    Ok(portal.store.events(&Visibility::All, &of_account, page).await?)
}
