//! Looking at one account.

use domain::{Account, Problem, account::AccountView, actor::Caller, command::Wait, id::AccountId, policy};

use super::{Handlers, waiting};
use crate::store::UnitOfWork;

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<AccountView, Problem> {
    policy::read_accounts(&by.actor)?;
    Ok(seen_by(by, portal.store.account(id).await?)?.into())
}

/// The account after a change that was asked for before, once nothing more is
/// under way or the time is over. Whoever may ask for the change sees what came
/// of it.
pub(super) async fn again(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let changes = portal.store.changes();
    let account = seen_by(by, portal.store.account(id).await?)?;
    waiting::until(portal, changes, account, wait, waiting::is_settled).await
}

/// The account with that id, in hand for a change, if the caller sees it.
pub(super) async fn take(work: &UnitOfWork, by: &Caller, id: AccountId) -> Result<Account, Problem> {
    seen_by(by, work.account(id).await?)
}

/// The account, if it exists and the caller sees it.
pub(super) fn seen_by(by: &Caller, account: Option<Account>) -> Result<Account, Problem> {
    account.filter(|account| policy::sees(&by.actor, account)).ok_or_else(|| Problem::not_found("account"))
}
