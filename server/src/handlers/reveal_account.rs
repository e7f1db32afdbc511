//! Showing an account's password to who holds it.

use std::collections::HashMap;

use domain::{
    Account, AccountState, Problem, ProblemKind,
    account::{Credentials, ServiceCredentials},
    actor::Caller,
    audit::Action,
    id::AccountId,
    policy,
    secret::Secret,
};

use super::{Handlers, show_account};
use crate::store::{NewEvent, UnitOfWork};

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
    policy::write_accounts(&by.actor)?;
    let work = portal.store.begin().await?;
    let account = show_account::take(&work, by, id).await?;
    policy::reveal_account(&by.actor, &account)?;
    let Some(credentials) = open(portal, &work, &account).await? else {
        return Err(Problem::new(ProblemKind::Conflict, why_not(&account)));
    };
    // The event comes first: what is not on record is not shown.
    work.commit(revealed(by, &account).into()).await?;
    Ok(credentials)
}

fn why_not(account: &Account) -> String {
    match &account.handing_to {
        Some(to) => format!("The account is being handed over to {to}; its password is changing."),
        None => format!("The password can be seen while the account is active; it is {}.", account.state),
    }
}

/// That the password was shown. Who asks again is shown it again.
pub(super) fn revealed(by: &Caller, account: &Account) -> NewEvent {
    NewEvent::new(Action::AccountRevealed, by).account(account).repeatable()
}

/// The account's credentials, opened: on each service those that it has
/// confirmed. `None` while nobody may see them.
pub(super) async fn open(
    portal: &Handlers,
    work: &UnitOfWork,
    account: &Account,
) -> Result<Option<Credentials>, Problem> {
    let usable = matches!(account.state, AccountState::Active | AccountState::Frozen);
    if !usable || account.handing_to.is_some() {
        return Ok(None);
    }
    let mut passwords: HashMap<u32, Secret> = HashMap::new();
    let mut services = Vec::with_capacity(account.enrollments.len());
    for enrollment in &account.enrollments {
        let generation = enrollment.password_generation.ok_or_else(Problem::internal)?;
        let secret = match passwords.get(&generation) {
            Some(password) => password.clone(),
            None => {
                let password = work.password(account.id, generation, &portal.keyring).await?;
                passwords.entry(generation).or_insert(password.ok_or_else(Problem::internal)?).clone()
            }
        };
        services.push(ServiceCredentials {
            service: enrollment.service.clone(),
            username: enrollment.username.clone(),
            secret,
        });
    }
    // While a reset is under way, the one that works wherever it is not done yet.
    let oldest = passwords.into_iter().min_by_key(|(generation, _)| *generation);
    let (_, password) = oldest.ok_or_else(Problem::internal)?;
    let (username, email) = (account.username.clone(), account.email.clone());
    Ok(Some(Credentials { username, email, password, services }))
}
