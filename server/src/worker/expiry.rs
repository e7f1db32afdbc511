//! What ends by itself: leases that have run out, requests on which nobody
//! decided, creations that took too long.

use std::time::Duration;

use domain::{Account, EndReason, Problem, Timestamp, audit::Action, id::AccountId};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Worker, clock_watch::ClockWatch};
use crate::store::{Events, NewEvent, Overdue, UnitOfWork};

/// So often it is looked for what has run out.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How many accounts are ended in one transaction.
const AT_A_TIME: u64 = 100;

/// Ends what has run out until it is told to stop.
pub(super) async fn run(worker: Worker, mut watch: ClockWatch, stop: CancellationToken) {
    let mut often = interval(LOOK_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(often.tick()).await.is_some() {
        if let Err(problem) = look(&worker, &mut watch).await {
            tracing::error!(%problem, "what has run out could not be ended; it is tried again");
        }
    }
}

/// Ends what has run out, unless the clock cannot be trusted.
pub(super) async fn look(worker: &Worker, watch: &mut ClockWatch) -> Result<(), Problem> {
    let Some(now) = watch.trusted_now(worker).await? else { return Ok(()) };
    for which in [Overdue::Lease, Overdue::Creation, Overdue::Request] {
        loop {
            let ids = worker.store.overdue(which, now, AT_A_TIME).await?;
            let ended = end(worker, &ids, now, which).await;
            // Where none could be ended, the next look tries again.
            if (ids.len() as u64) < AT_A_TIME || ended == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Ends these accounts; says how many were ended.
async fn end(worker: &Worker, ids: &[AccountId], now: Timestamp, which: Overdue) -> usize {
    if ids.is_empty() {
        return 0;
    }
    match end_together(worker, ids, now, which).await {
        Ok(ended) => ended,
        Err(problem) => {
            tracing::warn!(%problem, "accounts could not be ended together; each is tried alone");
            let mut ended = 0;
            for id in ids {
                // One that cannot be ended must not keep the others from it.
                match end_together(worker, &[*id], now, which).await {
                    Ok(one) => ended += one,
                    Err(problem) => {
                        tracing::error!(account = %id, %problem, "an account could not be ended; it is tried again");
                    }
                }
            }
            ended
        }
    }
}

async fn end_together(
    worker: &Worker,
    ids: &[AccountId],
    now: Timestamp,
    which: Overdue,
) -> Result<usize, Problem> {
    let work = worker.store.begin().await?;
    let (mut ended, mut events) = (0, Vec::new());
    for mut account in work.accounts(ids.iter().copied()).await? {
        let of_one = end_one(worker, &work, &mut account, now, which).await?;
        ended += usize::from(!of_one.is_empty());
        events.extend(of_one);
    }
    if let Some(events) = Events::all(events) {
        work.commit(events).await?;
    }
    Ok(ended)
}

async fn end_one(
    worker: &Worker,
    work: &UnitOfWork,
    account: &mut Account,
    now: Timestamp,
    which: Overdue,
) -> Result<Vec<NewEvent>, Problem> {
    let (before, tried_until) = (account.state, account.provision_by);
    let (ended, action, details) = match which {
        Overdue::Lease => (
            account.expire(now),
            Action::AccountRevoking,
            json!({ "reason": EndReason::Expired, "expired_at": account.expires_at }),
        ),
        Overdue::Creation => (
            account.give_up(now),
            Action::AccountRevoking,
            json!({ "reason": EndReason::Failed, "tried_until": tried_until }),
        ),
        Overdue::Request => (account.lapse(now), Action::AccountLapsed, json!({})),
    };
    // It may have been renewed or revoked since it was found.
    if !ended {
        return Ok(Vec::new());
    }
    work.save_account(account).await?;
    let by = worker.system();
    let event = NewEvent::new(action, &by).account(account).details(details);
    Ok([event].into_iter().chain(NewEvent::of_arrival(before, account, &by)).collect())
}
