//! Looking at one account.

use domain::{Account, Problem, account::AccountView, actor::Caller, id::AccountId, policy};

use super::Handlers;
use crate::store::UnitOfWork;

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<AccountView, Problem> {
    policy::read_accounts(&by.actor)?;
    Ok(seen_by(by, portal.store.account(id).await?)?.into())
}

/// The account with that id, in hand for a change, if the caller sees it.
pub(super) async fn take(work: &UnitOfWork, by: &Caller, id: AccountId) -> Result<Account, Problem> {
    seen_by(by, work.account(id).await?)
}

/// The account, if it exists and the caller sees it.
pub(super) fn seen_by(by: &Caller, account: Option<Account>) -> Result<Account, Problem> {
    account.filter(|account| policy::sees(&by.actor, account)).ok_or_else(|| Problem::not_found("account"))
}
