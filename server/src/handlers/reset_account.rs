//! Giving an account another password on every service.

use domain::{
    Account, Problem,
    account::AccountView,
    actor::Caller,
    audit::Action,
    command::{HandOver, Wait},
    id::AccountId,
    people::Person,
    policy,
};
use serde_json::json;

use super::{Handlers, conflict, show_account, terms::Terms, waiting};
use crate::store::{NewEvent, UnitOfWork};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    change(portal, by, id, Why::Reset, wait).await
}

pub(super) async fn call_off(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    change(portal, by, id, Why::CallOff, wait).await
}

pub(super) async fn hand_over(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    command: &HandOver,
    wait: Wait,
) -> Result<AccountView, Problem> {
    policy::write_accounts(&by.actor)?;
    let seen = show_account::seen_by(by, portal.store.account(id).await?)?;
    policy::control_account(&by.actor, &seen)?;
    let to = receiver(portal, &seen, command).await?;
    change(portal, by, id, Why::HandOver(to), wait).await
}

/// Why an account gets another password.
pub(super) enum Why {
    /// It was asked for.
    Reset,
    /// Somebody else is to hold it.
    HandOver(Person),
    /// Nobody else is to, after all.
    CallOff,
}

/// Whoever gets the account has to be there, and somebody else.
async fn receiver(portal: &Handlers, account: &Account, command: &HandOver) -> Result<Person, Problem> {
    let to = command.parse()?;
    if to == account.holder {
        return Err(Problem::invalid("/to", "holds the account already"));
    }
    let row = portal.store.person_by_login(&to).await?;
    match row {
        Some(row) if row.person.disabled_at.is_none() => Ok(row.person),
        _ => Err(Problem::invalid("/to", "is not the login of somebody who can sign in")),
    }
}

async fn change(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
    why: Why,
    wait: Wait,
) -> Result<AccountView, Problem> {
    let changes = portal.store.changes();
    let work = portal.store.begin().await?;
    let (account, event) = begin(portal, by, &work, id, why).await?;
    let generation = account.password_generation;
    work.commit(event.into()).await?;
    let is_done =
        |account: &Account| account.password_generation != generation || waiting::is_settled(account);
    waiting::until(portal, changes, account, wait, is_done).await
}

/// Has another password made for every service as soon as the unit of work is
/// committed, with that event.
pub(super) async fn begin(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    id: AccountId,
    why: Why,
) -> Result<(Account, NewEvent), Problem> {
    let mut account = show_account::take(work, by, id).await?;
    policy::control_account(&by.actor, &account)?;
    let now = portal.world.now();
    // What the account's state does not allow is said before its services are
    // asked for anything: they may be there no more.
    let event = match &why {
        Why::Reset => {
            account.reset(now).map_err(conflict)?;
            NewEvent::new(Action::AccountReset, by)
        }
        Why::HandOver(to) => {
            let details = json!({ "from": account.holder, "to": to.login });
            account.hand_over(to.login.clone(), now).map_err(conflict)?;
            NewEvent::new(Action::AccountHandingOver, by).named(to.login.as_str(), to.id).details(details)
        }
        Why::CallOff => {
            let details = json!({ "to": account.handing_to });
            account.call_off_hand_over(now).map_err(conflict)?;
            NewEvent::new(Action::AccountHandOverCalledOff, by).details(details)
        }
    };
    let terms = Terms::of(portal, work, &account.services()).await?;
    terms.check_reset()?;
    let password = terms.password(portal)?;
    if let Why::HandOver(to) = &why {
        terms.check_open_to(&to.team)?;
        terms.check_quota(work, &to.login, 1).await?;
    }
    work.add_password(&account, &password, &portal.keyring).await?;
    work.save_account(&mut account).await?;
    let event = event.account(&account);
    Ok((account, event))
}
