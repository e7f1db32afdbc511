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
use crate::store::{Events, NewEvent, UnitOfWork};

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
    let terms = Terms::of(portal, &work, &account.services(), None).await?;
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
    let denied = disagree(portal, by, &mut account, reason)?;
    work.save_account(&mut account).await?;
    if let Some(events) = Events::all(denied.collect()) {
        work.commit(events).await?;
    }
    Ok(account.into())
}

/// Agrees to all of a batch that waits for that.
pub(super) async fn approve_batch(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
    command: &WithReason,
) -> Result<Batch, Problem> {
    policy::decide(&by.actor)?;
    let row = batches::seen(portal, by, id).await?;
    let reason = command.parse()?;
    let work = portal.store.begin().await?;
    let mut waiting = waiting_of(&work, by, id).await?;
    let terms = Terms::of(portal, &work, &waiting[0].services(), None).await?;
    let mut approved = Vec::with_capacity(waiting.len());
    for account in &mut waiting {
        approved.push(agree(portal, by, account, reason.clone(), &terms)?.batch(id));
        work.save_account(account).await?;
    }
    if let Some(events) = Events::all(approved) {
        work.commit(events).await?;
    }
    Ok(portal.store.progress(row).await?)
}

/// Agrees to none of it.
pub(super) async fn deny_batch(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
    command: &WithReason,
) -> Result<Batch, Problem> {
    policy::decide(&by.actor)?;
    let row = batches::seen(portal, by, id).await?;
    let reason = command.required()?;
    let work = portal.store.begin().await?;
    let mut waiting = waiting_of(&work, by, id).await?;
    let mut denied = Vec::with_capacity(waiting.len());
    for account in &mut waiting {
        denied.extend(disagree(portal, by, account, reason.clone())?.map(|event| event.batch(id)));
        work.save_account(account).await?;
    }
    if let Some(events) = Events::all(denied) {
        work.commit(events).await?;
    }
    Ok(portal.store.progress(row).await?)
}

/// What waits of the batch, as far as the caller may decide on it: at least one
/// request.
async fn waiting_of(work: &UnitOfWork, by: &Caller, id: BatchId) -> Result<Vec<Account>, Problem> {
    let mut waiting = work.waiting_of_batch(id).await?;
    let Some(first) = waiting.first() else {
        return Err(Problem::new(ProblemKind::Conflict, "Nothing of this batch waits for a decision."));
    };
    // Somebody else may have asked once more for some that had failed.
    let own = policy::decide_account(&by.actor, first);
    waiting.retain(|account| policy::decide_account(&by.actor, account).is_ok());
    if waiting.is_empty() {
        own?;
    }
    Ok(waiting)
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
) -> Result<impl Iterator<Item = NewEvent> + use<>, Problem> {
    let before = account.state;
    account.deny(reason.into_string(), portal.world.now()).map_err(conflict)?;
    let arrival = NewEvent::of_arrival(before, account, by);
    Ok([decided(Action::AccountDenied, by, account)].into_iter().chain(arrival))
}

fn decided(action: Action, by: &Caller, account: &Account) -> NewEvent {
    let details = json!({ "reason": account.decision_reason, "requested_by": account.requested_by });
    NewEvent::new(action, by).account(account).details(details)
}
