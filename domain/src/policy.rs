//! Who may do what: every rule of it, and nothing else.
//!
//! Questions about one's own standing answer 403 ([`Problem::forbidden`]);
//! questions about a thing that one may not see answer 404, so that nobody
//! can find out what exists.

use crate::{
    account::{Account, AccountState, AccountView},
    actor::Actor,
    batch::Batch,
    people::Role,
    problem::Problem,
    text::Login,
    token::Scope,
};

/// Which accounts an actor sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Those that this person holds or asked for.
    Own(Login),
    /// Those of this team.
    Team(String),
    /// All.
    All,
}

/// Which accounts the actor sees.
pub fn visibility(actor: &Actor) -> Visibility {
    match (actor.person(), actor.role()) {
        (None, _) | (_, Role::Admin) => Visibility::All,
        (Some(person), Role::Manager) => Visibility::Team(person.team.clone()),
        (Some(person), Role::Tester) => Visibility::Own(person.login.clone()),
    }
}

/// Whether the actor sees that account. A manager sees their own as well,
/// also after the account went to another team.
pub fn sees(actor: &Actor, account: &Account) -> bool {
    match visibility(actor) {
        Visibility::All => true,
        Visibility::Team(team) => account.team == team || is_own(actor, account),
        Visibility::Own(_) => is_own(actor, account),
    }
}

fn is_own(actor: &Actor, account: &Account) -> bool {
    holds(actor, &account.holder) || is_login(actor, &account.requested_by.login)
}

/// Whether what `holder` holds is the actor's own.
pub fn holds(actor: &Actor, holder: &Login) -> bool {
    actor.person().is_some_and(|person| person.login == *holder)
}

/// Whether the actor may decide on that request, of what they see.
pub fn decides(actor: &Actor, account: &AccountView) -> bool {
    let own = holds(actor, &account.holder) || is_login(actor, &account.requested_by.login);
    actor.role() >= Role::Manager && !own
}

/// Whether there is something that waits of that batch on which the actor may
/// decide, of what they see. Whose batch it is holds all its accounts, also
/// those for which somebody else asked once more.
pub fn decides_batch(actor: &Actor, batch: &Batch) -> bool {
    let of_others = batch.waiting_of.iter().any(|login| !is_login(actor, login));
    actor.role() >= Role::Manager && !is_login(actor, &batch.requested_by.login) && of_others
}

/// Whether the actor may revoke or renew what `holder` holds, of what they
/// see: who holds it, the team's managers, admins.
pub fn controls(actor: &Actor, holder: &Login) -> bool {
    holds(actor, holder) || actor.role() >= Role::Manager
}

fn scope(actor: &Actor, scope: Scope) -> Result<(), Problem> {
    if actor.has_scope(scope) {
        return Ok(());
    }
    let name: &str = scope.into();
    Err(Problem::forbidden(format!("This token lacks the scope {name}. Issue one that has it.")))
}

fn at_least(actor: &Actor, role: Role) -> Result<(), Problem> {
    if actor.role() >= role {
        return Ok(());
    }
    Err(Problem::forbidden(format!("This needs the role {role}; yours is {}.", actor.role())))
}

/// May ask for an account.
///
/// # Errors
/// The token lacks the scope, or there is nobody to hold the account.
pub fn request_account(actor: &Actor) -> Result<Login, Problem> {
    scope(actor, Scope::AccountsWrite)?;
    let person = actor.person().ok_or_else(|| {
        Problem::forbidden("An account needs a person to hold it. Sign in, or use a person's token.")
    })?;
    Ok(person.login.clone())
}

/// May list and look at accounts, within [`visibility`].
///
/// # Errors
/// The token lacks the scope.
pub fn read_accounts(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::AccountsRead)
}

/// May change accounts at all; which ones, [`revoke_account`] and the like say.
///
/// # Errors
/// The token lacks the scope.
pub fn write_accounts(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::AccountsWrite)
}

/// May see the password: only who holds the account.
///
/// # Errors
/// Somebody else holds it, or the token lacks the scope.
pub fn reveal_account(actor: &Actor, account: &Account) -> Result<(), Problem> {
    if holds(actor, &account.holder) {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "Only who holds the account sees its password; {} holds it.",
        account.holder
    )))
}

/// May revoke or renew it: who holds it, the team's managers, admins.
///
/// # Errors
/// It is somebody else's, or the token lacks the scope.
pub fn control_account(actor: &Actor, account: &Account) -> Result<(), Problem> {
    if controls(actor, &account.holder) {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "Only who holds the account or a manager may do this; {} holds it.",
        account.holder
    )))
}

/// Whether the actor may enable again what somebody froze, of what they
/// [control](controls): who froze it, managers, admins. So no tester lifts what
/// a manager did.
pub fn unfreezes(actor: &Actor, frozen_by: Option<&str>) -> bool {
    actor.role() >= Role::Manager || frozen_by.is_some_and(|login| is_login(actor, login))
}

/// May freeze the account. One that is frozen already they take over by that,
/// if they may lift what the other did: from then on it is theirs.
///
/// # Errors
/// It is somebody else's, or somebody froze it whose freeze they may not lift.
pub fn freeze_account(actor: &Actor, account: &Account) -> Result<(), Problem> {
    if account.state == AccountState::Frozen {
        unfreeze_account(actor, account)
    } else {
        control_account(actor, account)
    }
}

/// May enable the account again, of those that they control.
///
/// # Errors
/// Somebody else froze it, and the role is less than manager.
pub fn unfreeze_account(actor: &Actor, account: &Account) -> Result<(), Problem> {
    control_account(actor, account)?;
    if account.state != AccountState::Frozen || unfreezes(actor, account.frozen_by.as_deref()) {
        return Ok(());
    }
    Err(Problem::forbidden(match &account.frozen_by {
        Some(login) => format!("{login} froze the account: only they or a manager can unfreeze it."),
        None => "Only a manager can unfreeze the account.".to_owned(),
    }))
}

/// May decide on requests at all; on which, [`decide_account`] says.
///
/// # Errors
/// The role is less than manager, or the token lacks the scope.
pub fn decide(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::AccountsWrite)?;
    at_least(actor, Role::Manager)
}

/// May decide on a request: the team's managers and admins, but nobody on
/// their own.
///
/// # Errors
/// It is the actor's own, the role is less than manager, or the token lacks
/// the scope.
pub fn decide_account(actor: &Actor, account: &Account) -> Result<(), Problem> {
    decide(actor)?;
    if is_own(actor, account) { Err(own_request()) } else { Ok(()) }
}

/// That nobody decides on their own request.
pub fn own_request() -> Problem {
    Problem::forbidden("Nobody decides on their own request. Ask another manager.")
}

/// Whose accounts a cleanup of the actor's meets: a tester's own, a manager's
/// team's, an admin's all.
///
/// # Errors
/// The token lacks the scope.
pub fn clean_up(actor: &Actor) -> Result<Visibility, Problem> {
    scope(actor, Scope::AccountsWrite)?;
    Ok(visibility(actor))
}

/// Whether the actor sees what `owner` has started, who was of that team.
pub fn sees_batch(actor: &Actor, owner: &str, team: &str) -> bool {
    match visibility(actor) {
        Visibility::All => true,
        Visibility::Team(own) => own == team || is_login(actor, owner),
        Visibility::Own(_) => is_login(actor, owner),
    }
}

fn is_login(actor: &Actor, login: &str) -> bool {
    actor.person().is_some_and(|person| person.login.as_str() == login)
}

/// May end a pause of expiry.
///
/// # Errors
/// The role is less than admin, or it is done through a narrowed token.
pub fn resume_expiry(actor: &Actor) -> Result<(), Problem> {
    unnarrowed(actor)?;
    at_least(actor, Role::Admin)
}

/// May see the services.
///
/// # Errors
/// The token lacks the scope.
pub fn read_services(actor: &Actor) -> Result<(), Problem> {
    // Whoever may ask for accounts has to be able to name a service.
    if actor.has_scope(Scope::AccountsWrite) {
        return Ok(());
    }
    scope(actor, Scope::ServicesRead)
}

/// May register and change services.
///
/// # Errors
/// The role is less than admin, or the token lacks the scope.
pub fn write_services(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::ServicesWrite)?;
    at_least(actor, Role::Admin)
}

/// May see where services and the ledger differ; of accounts those within
/// [`visibility`].
///
/// # Errors
/// The role is less than manager, or the token lacks the scope.
pub fn read_drift(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::ServicesRead)?;
    at_least(actor, Role::Manager)
}

/// May sweep services, and decide on where they and the ledger differ.
///
/// # Errors
/// The role is less than admin, or the token lacks the scope.
pub fn settle_drift(actor: &Actor) -> Result<(), Problem> {
    write_services(actor)
}

/// May read the audit, within [`visibility`].
///
/// # Errors
/// The role is less than manager, or the token lacks the scope.
pub fn read_audit(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::EventsRead)?;
    at_least(actor, Role::Manager)
}

/// May add, list and disable people.
///
/// # Errors
/// The role is less than admin, or it is done through a narrowed token.
pub fn manage_people(actor: &Actor) -> Result<(), Problem> {
    unnarrowed(actor)?;
    at_least(actor, Role::Admin)
}

/// May have to do with the tokens of `owner`.
///
/// # Errors
/// They are somebody else's, and the role is less than admin or it is done
/// through a narrowed token.
pub fn tokens_of(actor: &Actor, owner: &Login) -> Result<(), Problem> {
    if actor.person().is_some_and(|person| person.login == *owner) {
        return Ok(());
    }
    unnarrowed(actor)?;
    at_least(actor, Role::Admin)
}

/// May list and revoke tokens: no scope covers that. Which ones,
/// [`tokens_of`] says.
///
/// # Errors
/// It is done through a narrowed token.
pub fn manage_tokens(actor: &Actor) -> Result<(), Problem> {
    unnarrowed(actor)
}

/// The scopes that a new token gets: a token creates only narrower ones.
///
/// # Errors
/// More is asked for than the issuing token has.
pub fn scopes_of_new_token(actor: &Actor, wanted: Vec<Scope>) -> Result<Vec<Scope>, Problem> {
    let Some(token) = actor.token().filter(|token| !token.scopes.is_empty()) else {
        return Ok(wanted);
    };
    if wanted.is_empty() {
        return Ok(token.scopes.clone());
    }
    match wanted.iter().position(|scope| !token.allows(*scope)) {
        None => Ok(wanted),
        Some(at) => Err(Problem::forbidden(format!(
            "A token can only issue narrower ones; this one lacks the scope {}.",
            wanted[at]
        ))),
    }
}

fn unnarrowed(actor: &Actor) -> Result<(), Problem> {
    if actor.token().is_none_or(|token| token.scopes.is_empty()) {
        return Ok(());
    }
    Err(Problem::forbidden("This needs a token without scopes, or to be signed in."))
}
