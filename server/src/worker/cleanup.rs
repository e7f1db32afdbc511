//! Carrying out cleanups: what was selected is taken away, some at a time, and
//! after a restart from where it was left.

use domain::{
    AccountState, EndReason, Problem,
    actor::{Actor, Caller},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Worker, news::News};
use crate::store::{BatchRow, Events, NewEvent};

/// How many accounts are begun with in one transaction.
const AT_A_TIME: u64 = 100;

/// Carries cleanups out until it is told to stop.
pub(super) async fn run(worker: Worker, stop: CancellationToken) {
    let mut news = News::of_batches(&worker.store);
    while !stop.is_cancelled() {
        match begin_some(&worker).await {
            Ok(true) => {}
            Ok(false) => news.wait(&stop).await,
            Err(problem) => {
                tracing::error!(%problem, "a cleanup could not go on; it is tried again");
                news.wait(&stop).await;
            }
        }
    }
}

/// Begins with the next accounts; says whether there were any.
async fn begin_some(worker: &Worker) -> Result<bool, Problem> {
    let Some((batch, ids)) = worker.store.next_to_clean_up(AT_A_TIME).await? else { return Ok(false) };
    let work = worker.store.begin().await?;
    let by = Caller::from(Actor::System);
    let mut events = Vec::new();
    for mut account in work.accounts(ids.iter().copied()).await? {
        let before = account.state;
        // It may be going or gone already.
        if account.revoke(EndReason::CleanedUp, worker.world.now()).is_err() {
            continue;
        }
        work.save_account(&mut account).await?;
        events.push(revoking(&batch, &by, before, &account));
        events.extend(NewEvent::of_arrival(before, &account, &by));
    }
    work.begin_batch_items(batch.id, &ids).await?;
    match Events::all(events) {
        Some(events) => work.commit(events).await?,
        None => work.commit_bookkeeping().await?,
    }
    Ok(true)
}

fn revoking(batch: &BatchRow, by: &Caller, before: AccountState, account: &domain::Account) -> NewEvent {
    let details = json!({
        "reason": account.end_reason,
        "batch": batch.id,
        "asked_by": batch.requested_by,
    });
    NewEvent::of_revocation(before, by).account(account).batch(batch.id).details(details)
}
