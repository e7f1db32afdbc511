//! Deciding on a request.

use domain::{
    AccountState, Problem,
    account::AccountView,
    actor::Caller,
    audit::Action,
    command::{Wait, WithReason},
    id::AccountId,
    policy,
};
use serde_json::json;

use super::{Handlers, conflict, show_account, terms::Terms, waiting};
use crate::store::{Events, NewEvent};

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
    let reason = command.parse()?.map(|reason| reason.into_string());
    // The terms are those of the day of the decision.
    let terms = Terms::of(portal, &work, &account.services(), None).await?;
    let login = by.actor.reference().login;
    account.approve(login, reason, terms.provision_within, portal.world.now()).map_err(conflict)?;
    work.save_account(&mut account).await?;
    let approved = NewEvent::new(Action::AccountApproved, by)
        .account(&account)
        .details(json!({ "reason": account.decision_reason, "requested_by": account.requested_by }));
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
    let before = account.state;
    account.deny(reason.into_string(), portal.world.now()).map_err(conflict)?;
    work.save_account(&mut account).await?;
    let denied = NewEvent::new(Action::AccountDenied, by)
        .account(&account)
        .details(json!({ "reason": account.decision_reason, "requested_by": account.requested_by }));
    let arrival = NewEvent::of_arrival(before, &account, by);
    work.commit(Events::from(denied).with(arrival)).await?;
    Ok(account.into())
}
