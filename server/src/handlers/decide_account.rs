//! Deciding on a request.

use domain::{
    Account, AccountState, Problem, ProblemKind,
    account::AccountView,
    actor::Caller,
    audit::Action,
    batch::Batch,
    command::{Wait, WithReason},
    id::{AccountId, BatchId},
    policy,
    text::Reason,
};
use serde_json::json;

use super::{Handlers, batches, conflict, show_account, terms::Terms, waiting};
use crate::store::{BatchRow, Events, NewEvent, UnitOfWork};

pub(super) async fn approve(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    command: &WithReason,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let changes = portal.store.changes();
    let work = portal.store.begin().await?;
    let mut account = show_account::take(&work, by, id).await?;
    policy::decide_account(&by.actor, &account)?;
    let reason = command.parse()?;
    // The terms are those of the day of the decision.
    let terms = Terms::of_new(portal, by, &work, &account.services(), None).await?;
    let approved = agree(portal, by, &mut account, reason, &terms)?;
    work.save_account(&mut account).await?;
    work.commit(approved.into()).await?;
    waiting::until(portal, changes, account, wait, |account| account.state != AccountState::Provisioning)
        .await
}

pub(super) async fn deny(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    command: &WithReason,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let work = portal.store.begin().await?;
    let mut account = show_account::take(&work, by, id).await?;
    policy::decide_account(&by.actor, &account)?;
    let reason = command.required()?;
    let (denied, arrival) = disagree(portal, by, &mut account, reason)?;
    work.save_account(&mut account).await?;
    work.commit(Events::from(denied).with(arrival)).await?;
    Ok(account.into())
}

/// So many requests of a batch are decided on in one transaction: what others
/// want of the database is not to wait for long.
const AT_ONCE: usize = 500;

/// What is decided on all requests of a batch.
enum Decision {
    Approve(Option<Reason>),
    Deny(Reason),
}

pub(super) async fn approve_batch(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
    command: &WithReason,
) -> Result<Batch, Problem> {
    policy::decide(&by.actor)?;
    let row = batches::seen(portal, by, id).await?;
    decide_batch(portal, by, row, &Decision::Approve(command.parse()?)).await
}

pub(super) async fn deny_batch(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
    command: &WithReason,
) -> Result<Batch, Problem> {
    policy::decide(&by.actor)?;
    let row = batches::seen(portal, by, id).await?;
    decide_batch(portal, by, row, &Decision::Deny(command.required()?)).await
}

/// Decides on what waits of a batch, as far as the caller may: somebody else
/// may have asked once more for some that had failed.
async fn decide_batch(
    portal: &Handlers,
    by: &Caller,
    row: BatchRow,
    decision: &Decision,
) -> Result<Batch, Problem> {
    let waiting = portal.store.waiting_of_batch(row.id).await?;
    let last = waiting.len().div_ceil(AT_ONCE);
    let (mut decided, mut refused) = (0, Ok(()));
    for (some, nth) in waiting.chunks(AT_ONCE).zip(1..) {
        let work = portal.store.begin().await?;
        let mut accounts = work.accounts(some.iter().copied()).await?;
        accounts.retain(|account| account.state == AccountState::Requested);
        let all = accounts.len();
        accounts.retain(|account| policy::decide_account(&by.actor, account).is_ok());
        if accounts.len() < all {
            refused = Err(policy::own_request());
        }
        decided += accounts.len();
        let mut events = decide_all(portal, by, &work, &mut accounts, decision).await?;
        events = events.into_iter().map(|event| event.batch(row.id)).collect();
        if nth < last {
            // Who repeats a request that was cut off goes on with the rest.
            events = events.into_iter().map(NewEvent::repeatable).collect();
        }
        if let Some(events) = Events::all(events) {
            work.commit(events).await?;
        }
    }
    if decided == 0 {
        refused?;
        return Err(Problem::new(ProblemKind::Conflict, "Nothing of this batch waits for a decision."));
    }
    Ok(portal.store.progress(row).await?)
}

async fn decide_all(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    accounts: &mut [Account],
    decision: &Decision,
) -> Result<Vec<NewEvent>, Problem> {
    let Some(first) = accounts.first() else { return Ok(Vec::new()) };
    let mut events = Vec::with_capacity(accounts.len());
    match decision {
        Decision::Approve(reason) => {
            // All of a batch are on the same services.
            let terms = Terms::of_new(portal, by, work, &first.services(), None).await?;
            for account in &mut *accounts {
                events.push(agree(portal, by, account, reason.clone(), &terms)?);
            }
        }
        Decision::Deny(reason) => {
            for account in &mut *accounts {
                let (denied, arrival) = disagree(portal, by, account, reason.clone())?;
                events.push(denied);
                events.extend(arrival);
            }
        }
    }
    for account in accounts {
        work.save_account(account).await?;
    }
    Ok(events)
}

fn agree(
    portal: &Handlers,
    by: &Caller,
    account: &mut Account,
    reason: Option<Reason>,
    terms: &Terms,
) -> Result<NewEvent, Problem> {
    let reason = reason.map(Reason::into_string);
    let login = by.actor.reference().login;
    account.approve(login, reason, terms.provision_within, portal.world.now()).map_err(conflict)?;
    Ok(decided(Action::AccountApproved, by, account))
}

fn disagree(
    portal: &Handlers,
    by: &Caller,
    account: &mut Account,
    reason: Reason,
) -> Result<(NewEvent, Option<NewEvent>), Problem> {
    let before = account.state;
    account.deny(reason.into_string(), portal.world.now()).map_err(conflict)?;
    let arrival = NewEvent::of_arrival(before, account, by);
    Ok((decided(Action::AccountDenied, by, account), arrival))
}

fn decided(action: Action, by: &Caller, account: &Account) -> NewEvent {
    let details = json!({ "reason": account.decision_reason, "requested_by": account.requested_by });
    NewEvent::new(action, by).account(account).details(details)
}
