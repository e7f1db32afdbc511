//! Waiting for the worker, for a bounded time.

use std::{sync::Arc, time::Duration};

use domain::{Account, Problem, account::AccountView, command::Wait, id::AccountId};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use super::Handlers;
use crate::store::Change;

/// Another process may do the work, and its commits may go unheard here, so
/// the account is looked at now and then as well.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Waits until the account, which is like this now, is as wished or the time
/// is over; shows how it is then. Listening to the changes began before.
pub(super) async fn until(
    portal: &Handlers,
    changes: Receiver<Change>,
    account: Account,
    wait: Wait,
    wished: impl Fn(&Account) -> bool,
) -> Result<AccountView, Problem> {
    Ok(account_until(portal, changes, account, wait, wished).await?.into())
}

/// The same, for who does more with the account.
pub(super) async fn account_until(
    portal: &Handlers,
    mut changes: Receiver<Change>,
    mut account: Account,
    wait: Wait,
    wished: impl Fn(&Account) -> bool,
) -> Result<Account, Problem> {
    let deadline = Instant::now() + wait.duration();
    while !wished(&account) && Instant::now() < deadline {
        let next_look = deadline.min(Instant::now() + LOOK_EVERY);
        let change = timeout_at(next_look, change_of(&mut changes, account.id)).await;
        account = match change.ok().flatten() {
            // Who saves at the same time may be heard of the other way round.
            Some(saved) if saved.version < account.version => continue,
            Some(saved) => Arc::unwrap_or_clone(saved),
            None => {
                let now = portal.store.account(account.id).await?;
                now.ok_or_else(|| Problem::not_found("account"))?
            }
        };
    }
    Ok(account)
}

/// Returns at the next commit that concerns the account, or might have; with
/// the account, if that is how this process saved it.
pub(super) async fn change_of(changes: &mut Receiver<Change>, account: AccountId) -> Option<Arc<Account>> {
    loop {
        match changes.recv().await {
            Ok(Change::Account { id, saved, .. }) if id == account => return saved,
            Ok(Change::Unheard) | Err(RecvError::Lagged(_)) => return None,
            Ok(Change::Account { .. } | Change::Work | Change::Record) => {}
            // The store is being closed: there is nothing to hear any more.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Every service has the password that is wanted, or the account is ending.
pub(super) fn is_settled(account: &Account) -> bool {
    account.is_kept_up() || account.end_reason.is_some()
}
