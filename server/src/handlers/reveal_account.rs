//! Showing an account's password to who holds it.

use std::collections::HashMap;

use domain::{
    Account, AccountState, Enrollment, Problem, ProblemKind,
    account::{Credentials, ServiceCredentials},
    actor::Caller,
    audit::Action,
    id::AccountId,
    policy,
    secret::Secret,
};

use super::{Handlers, show_account};
use crate::{connectors::Identity, secrets::own_secret, store::NewEvent};

pub(super) async fn run(portal: &Handlers, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
    policy::write_accounts(&by.actor)?;
    let mut tried = 0;
    loop {
        let account = show_account::seen_by(by, portal.store.account(id).await?)?;
        policy::reveal_account(&by.actor, &account)?;
        tried += 1;
        match open(portal, &account, None).await? {
            Some(credentials) => {
                // The event comes first: what is not on record is not shown.
                portal.store.record(revealed(by, &account)).await?;
                return Ok(credentials);
            }
            // A reset may have ended since the account was read.
            None if tried < 3 && is_usable(&account) => {}
            None => return Err(Problem::new(ProblemKind::Conflict, why_not(&account))),
        }
    }
}

/// The account's credentials, where the caller holds it and it can be used.
/// The account is there whether or not they can be had; where they cannot, a
/// reveal says why.
pub(super) async fn to_holder(
    portal: &Handlers,
    by: &Caller,
    account: &Account,
    first_password: Option<&Secret>,
) -> Option<Credentials> {
    let is_theirs = policy::holds(&by.actor, &account.holder);
    if !is_theirs || policy::write_accounts(&by.actor).is_err() {
        return None;
    }
    let credentials = open(portal, account, first_password).await.ok()??;
    portal.store.record(revealed(by, account)).await.ok()?;
    Some(credentials)
}

/// As whom one signs in there.
async fn sign_in_as(
    portal: &Handlers,
    account: &Account,
    enrollment: &Enrollment,
) -> Result<String, Problem> {
    let Some(target) = portal.directory.by_id(enrollment.service_id).await? else {
        return Ok(enrollment.username.clone());
    };
    let who = Identity {
        account_id: account.id,
        username: enrollment.username.clone(),
        email: account.email.clone(),
        password: Secret::new(String::new()),
        own_secret: None,
        attributes: account.attributes.clone(),
        remote_id: enrollment.remote_id.clone(),
    };
    Ok(target.connector.sign_in_as(&who))
}

fn why_not(account: &Account) -> String {
    match &account.handing_to {
        Some(to) => format!("The account is being handed over to {to}; its password is changing."),
        None if is_usable(account) && account.enrollments.iter().any(|e| e.password_generation.is_none()) => {
            "No service has confirmed a password of the account yet. Ask again in a moment.".to_owned()
        }
        None if is_usable(account) => "The account has just changed. Ask again.".to_owned(),
        None => format!("The password can be seen while the account is active; it is {}.", account.state),
    }
}

const fn is_usable(account: &Account) -> bool {
    matches!(account.state, AccountState::Active | AccountState::Frozen)
}

/// That the password was shown. Who asks again is shown it again.
pub(super) fn revealed(by: &Caller, account: &Account) -> NewEvent {
    NewEvent::new(Action::AccountRevealed, by).account(account).repeatable()
}

/// The account's credentials, opened: on each service those that it has
/// confirmed. `None` while nobody may see them, and where they were shredded
/// since the account was read. Its first password need not be read where it is
/// at hand.
pub(super) async fn open(
    portal: &Handlers,
    account: &Account,
    first_password: Option<&Secret>,
) -> Result<Option<Credentials>, Problem> {
    if !is_usable(account) || account.handing_to.is_some() {
        return Ok(None);
    }
    let mut passwords: HashMap<u32, Secret> = HashMap::new();
    let mut services = Vec::with_capacity(account.enrollments.len());
    for enrollment in &account.enrollments {
        // One that was adopted has none of ours until the service says so.
        let Some(generation) = enrollment.password_generation else { return Ok(None) };
        let secret = if let Some(sealed) = &enrollment.own_secret {
            own_secret::open(&portal.keyring, enrollment.id, sealed).map_err(|error| {
                tracing::error!(enrollment = %enrollment.id, %error, "a service's own credential does not open");
                Problem::internal()
            })?
        } else {
            let at_hand = first_password.filter(|_| generation == 1);
            let password = match passwords.get(&generation).or(at_hand) {
                Some(password) => password.clone(),
                None => {
                    let password = portal.store.password(account.id, generation, &portal.keyring).await?;
                    let Some(password) = password else { return Ok(None) };
                    password
                }
            };
            passwords.entry(generation).or_insert_with(|| password.clone());
            password
        };
        services.push(ServiceCredentials {
            service: enrollment.service.clone(),
            username: sign_in_as(portal, account, enrollment).await?,
            secret,
        });
    }
    // While a reset is under way, the one that works wherever it is not done yet.
    let oldest = passwords.into_iter().min_by_key(|(generation, _)| *generation);
    // Where every service made its own, the account's works nowhere.
    let made = || services.first().map(|first| first.secret.clone());
    let password = oldest.map(|(_, password)| password).or_else(made).ok_or_else(Problem::internal)?;
    let email = account.email.clone();
    let username = match services.as_slice() {
        [only] => only.username.clone(),
        _ => account.username.clone(),
    };
    Ok(Some(Credentials { username, email, password, services }))
}
