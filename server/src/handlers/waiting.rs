//! Waiting for the worker, for a bounded time.

use std::time::Duration;

use domain::{Account, Problem, account::AccountView, command::Wait, id::AccountId};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use super::Handlers;
use crate::store::Change;

/// Another process may do the work; its commits are not heard here, so the
/// account is looked at now and then as well.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Waits until the account is as wished or the time is over; answers how it
/// is then.
pub(super) async fn until(
    portal: &Handlers,
    mut changes: Receiver<Change>,
    id: AccountId,
    wait: Wait,
    wished: impl Fn(&Account) -> bool,
) -> Result<AccountView, Problem> {
    let deadline = Instant::now() + wait.duration();
    loop {
        let account = portal.store.account(id).await?.ok_or_else(|| Problem::not_found("account"))?;
        if wished(&account) || Instant::now() >= deadline {
            return Ok(account.into());
        }
        let next_look = deadline.min(Instant::now() + LOOK_EVERY);
        // Whatever ends the waiting, the account is looked at again.
        let _ = timeout_at(next_look, change_of(&mut changes, id)).await;
    }
}

/// Returns at the next commit that concerns the account, or might have.
pub(super) async fn change_of(changes: &mut Receiver<Change>, id: AccountId) {
    loop {
        match changes.recv().await {
            Ok(change) if change.account == Some(id) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            // The store is being closed: there is nothing to hear any more.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
