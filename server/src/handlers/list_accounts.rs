//! Listing accounts.

use domain::{
    Problem,
    account::AccountView,
    actor::Caller,
    command::ListAccounts,
    page::{Page, PageQuery},
    policy,
};

use super::Handlers;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    which: &ListAccounts,
    page: &PageQuery,
) -> Result<Page<AccountView>, Problem> {
    policy::read_accounts(&by.actor)?;
    let filter = which.parse()?;
    let page = page.parse()?;
    let accounts = portal.store.accounts(&policy::visibility(&by.actor), &filter, page).await?;
    Ok(accounts.map(Into::into))
}
