//! Making a lease longer.

use domain::{
    Account, Problem, Ttl, account::AccountView, actor::Caller, audit::Action, command::RenewAccount,
    id::AccountId, policy,
};
use serde_json::json;

use super::{Handlers, conflict, show_account};
use crate::store::NewEvent;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    command: &RenewAccount,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let seen = show_account::seen_by(by, portal.store.account(id).await?)?;
    policy::control_account(&by.actor, &seen)?;
    let ttl = command.parse()?;
    check_cap(portal, &seen, ttl).await?;
    let work = portal.store.begin().await?;
    let mut account = show_account::take(&work, by, id).await?;
    policy::control_account(&by.actor, &account)?;
    account.renew(ttl, portal.world.now()).map_err(conflict)?;
    work.save_account(&mut account).await?;
    let renewed = NewEvent::new(Action::AccountRenewed, by)
        .account(&account)
        .details(json!({ "ttl": ttl, "expires_at": account.expires_at }));
    work.commit(renewed.into()).await?;
    Ok(account.into())
}

/// What the services allow; an account's services never change.
async fn check_cap(portal: &Handlers, account: &Account, ttl: Ttl) -> Result<(), Problem> {
    for enrollment in &account.enrollments {
        let target = portal.directory.by_slug(enrollment.service.as_str()).await?;
        if let Some(longest) =
            target.map(|target| target.service.policy.max_ttl).filter(|longest| ttl > *longest)
        {
            return Err(Problem::invalid(
                "/ttl",
                format!("must be at most {longest} on {}", enrollment.service),
            ));
        }
    }
    Ok(())
}
