//! Ending leases that have run out.

use domain::{EndReason, Problem, audit::Action, id::AccountId};
use serde_json::json;

use super::Worker;
use crate::store::{Events, NewEvent};

/// How many leases are ended before other work gets its turn.
const AT_A_TIME: u64 = 100;

/// Ends the leases that have run out. The removals that follow are in the
/// queue as soon as each is committed.
pub(super) async fn end_leases(worker: &Worker) -> Result<(), Problem> {
    for id in worker.store.expired_accounts(worker.world.now(), AT_A_TIME).await? {
        // One that cannot be ended must not keep the others from it.
        if let Err(problem) = end_lease(worker, id).await {
            tracing::error!(account = %id, %problem, "a lease could not be ended; it is tried again");
        }
    }
    Ok(())
}

async fn end_lease(worker: &Worker, id: AccountId) -> Result<(), Problem> {
    let work = worker.store.begin().await?;
    let Some(mut account) = work.account(id).await? else { return Ok(()) };
    let before = account.state;
    // It may have been renewed or revoked since it was found.
    if !account.expire(worker.world.now()) {
        return Ok(());
    }
    work.save_account(&mut account).await?;
    let by = worker.system();
    let revoking = NewEvent::new(Action::AccountRevoking, &by)
        .account(&account)
        .details(json!({ "reason": EndReason::Expired, "expired_at": account.expires_at }));
    let arrival = NewEvent::of_arrival(before, &account, &by);
    work.commit(Events::from(revoking).with(arrival)).await?;
    Ok(())
}
