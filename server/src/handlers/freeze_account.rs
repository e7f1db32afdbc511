//! Disabling an account on every service for a while.

use domain::{
    Account, Problem, ProblemKind, Timestamp,
    account::{AccountView, TransitionError},
    actor::Caller,
    audit::Action,
    command::{Wait, WithReason},
    id::AccountId,
    policy,
    service::Capability,
};
use serde_json::json;

use super::{Handlers, conflict, show_account, waiting, waiting::is_settled};
use crate::store::NewEvent;

/// Which way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Switch {
    Freeze,
    Unfreeze,
}

impl Switch {
    fn authorise(self, by: &Caller, account: &Account) -> Result<(), Problem> {
        match self {
            Self::Freeze => policy::freeze_account(&by.actor, account),
            Self::Unfreeze => policy::unfreeze_account(&by.actor, account),
        }
    }

    fn throw(self, account: &mut Account, by: &Caller, now: Timestamp) -> Result<Action, TransitionError> {
        match self {
            Self::Freeze => account.freeze(by.actor.reference().login, now).map(|()| Action::AccountFrozen),
            Self::Unfreeze => account.unfreeze(now).map(|()| Action::AccountUnfrozen),
        }
    }
}

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    switch: Switch,
    command: &WithReason,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let seen = show_account::seen_by(by, portal.store.account(id).await?)?;
    switch.authorise(by, &seen)?;
    let reason = command.parse()?;
    check_offered(portal, &seen).await?;
    let changes = portal.store.changes();
    let work = portal.store.begin().await?;
    let mut account = show_account::take(&work, by, id).await?;
    switch.authorise(by, &account)?;
    let action = switch.throw(&mut account, by, portal.world.now()).map_err(conflict)?;
    work.save_account(&mut account).await?;
    let event = NewEvent::new(action, by).account(&account).details(json!({ "reason": reason }));
    work.commit(event.into()).await?;
    waiting::until(portal, changes, account, wait, is_settled).await
}

/// All or nothing: every service has to be able to disable it, and to enable
/// it again.
async fn check_offered(portal: &Handlers, account: &Account) -> Result<(), Problem> {
    for enrollment in &account.enrollments {
        let target = portal.directory.by_id(enrollment.service_id).await?;
        let offered = target.map(|target| target.connector.capabilities()).unwrap_or_default();
        if !Capability::can_freeze(&offered) {
            let detail = format!(
                "{} cannot disable accounts and enable them again. Revoke the account, or let it expire.",
                enrollment.service
            );
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
    }
    Ok(())
}
