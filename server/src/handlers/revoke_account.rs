//! Taking an account away.

use domain::{
    Account, AccountState, EndReason, Problem, account::AccountView, actor::Caller, command::Wait,
    id::AccountId, policy,
};
use serde_json::json;

use super::{Handlers, show_account, waiting};
use crate::store::{Events, NewEvent, UnitOfWork};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    wait: Wait,
) -> Result<AccountView, Problem> {
    let changes = portal.store.changes();
    let account = begin(portal, by, id).await?;
    waiting::until(portal, changes, account, wait, |account| account.state.is_final()).await
}

/// Commits that the account is to go; what is going or gone already stays as
/// it is.
async fn begin(portal: &Handlers, by: &Caller, id: AccountId) -> Result<Account, Problem> {
    policy::write_accounts(&by.actor)?;
    let work = portal.store.begin().await?;
    let (account, events) = take_away(portal, by, &work, id).await?;
    if let Some(events) = events {
        work.commit(events).await?;
    }
    Ok(account)
}

/// Has the account taken away as soon as the unit of work is committed, with
/// those events; none where it is going or gone already.
pub(super) async fn take_away(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    id: AccountId,
) -> Result<(Account, Option<Events>), Problem> {
    let mut account = show_account::take(work, by, id).await?;
    policy::control_account(&by.actor, &account)?;
    let before = account.state;
    if account.revoke(EndReason::Revoked, portal.world.now()).is_err() {
        debug_assert!(
            before == AccountState::Revoking || before.is_final(),
            "all living accounts can be revoked"
        );
        return Ok((account, None));
    }
    work.save_account(&mut account).await?;
    let revoking = NewEvent::of_revocation(before, by)
        .account(&account)
        .details(json!({ "reason": account.end_reason }));
    let arrival = NewEvent::of_arrival(before, &account, by);
    Ok((account, Some(Events::from(revoking).with(arrival))))
}
