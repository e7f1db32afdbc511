//! Showing an account's password to who holds it.

use domain::{
    AccountState, Problem, ProblemKind,
    account::{Credentials, ServiceCredentials},
    actor::Caller,
    audit::Action,
    id::AccountId,
    policy,
};

use super::{Handlers, show_account};
use crate::store::NewEvent;

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
    policy::write_accounts(&by.actor)?;
    let work = portal.store.begin().await?;
    let account = show_account::take(&work, by, id).await?;
    policy::reveal_account(&by.actor, &account)?;
    let usable = matches!(account.state, AccountState::Active | AccountState::Frozen);
    let password = if usable { work.password(id, &portal.keyring).await? } else { None };
    let Some(password) = password else {
        let detail =
            format!("The password can be seen while the account is active; it is {}.", account.state);
        return Err(Problem::new(ProblemKind::Conflict, detail));
    };
    // The event comes first: what is not on record is not shown.
    work.commit(NewEvent::new(Action::AccountRevealed, by).account(&account).into()).await?;
    let services = account
        .enrollments
        .into_iter()
        .map(|enrollment| ServiceCredentials {
            service: enrollment.service,
            username: enrollment.username,
            secret: password.clone(),
        })
        .collect();
    Ok(Credentials { username: account.username, email: account.email, password, services })
}
