//! Who may do what: every rule of it, and nothing else.
//!
//! Questions about one's own standing answer 403 ([`Problem::forbidden`]);
//! questions about a thing that one may not see answer 404, so that nobody
//! can find out what exists.

use crate::{
    account::{Account, AccountState, AccountView},
    actor::{Actor, ActorRef},
    batch::Batch,
    id::TokenId,
    people::{Person, Role},
    problem::Problem,
    service::Service,
    text::{Login, RunName},
    token::{Bound, Scope},
};

/// Which accounts an actor sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Those that this person holds or asked for.
    Own(Login),
    /// Those of them that belong to this run; of batches, those that this token
    /// started.
    Run(Login, RunName, TokenId),
    /// Those of this team, and the person's own.
    Team(String, Login),
    /// All.
    All,
}

/// Which accounts the actor sees.
pub fn visibility(actor: &Actor) -> Visibility {
    let Some(person) = actor.person() else { return Visibility::All };
    let login = person.login.clone();
    if let (Some(bound), Some(token)) = (actor.bound(), actor.token()) {
        return Visibility::Run(login, bound.run.clone(), token.id);
    }
    match person.role {
        Role::Admin => Visibility::All,
        Role::Manager => Visibility::Team(person.team.clone(), login),
        Role::Tester => Visibility::Own(login),
    }
}

/// Whether the actor sees that account.
pub fn sees(actor: &Actor, account: &Account) -> bool {
    match visibility(actor) {
        Visibility::All => true,
        Visibility::Team(team, _) => account.team == team || is_own(actor, account),
        Visibility::Run(_, run, _) => is_own(actor, account) && account.run.as_deref() == Some(run.as_str()),
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

/// Whether the actor manages what belongs to that team: its managers, admins.
pub fn manages(actor: &Actor, team: &str) -> bool {
    match actor.role() {
        Role::Admin => true,
        Role::Manager => actor.person().is_some_and(|person| person.team == team),
        Role::Tester => false,
    }
}

/// Whether the actor may decide on that request, of what they see.
pub fn decides(actor: &Actor, account: &AccountView) -> bool {
    let own = holds(actor, &account.holder) || is_login(actor, &account.requested_by.login);
    manages(actor, &account.team) && !own
}

/// Whether there is something that waits of that batch on which the actor may
/// decide, of what they see. Whose batch it is holds all its accounts, also
/// those for which somebody else asked once more.
pub fn decides_batch(actor: &Actor, batch: &Batch) -> bool {
    let of_others = batch.waiting_of.iter().any(|login| !is_login(actor, login));
    actor.role() >= Role::Manager && !is_login(actor, &batch.requested_by.login) && of_others
}

/// Whether the actor may revoke or renew what `holder` holds and belongs to
/// that team, of what they see: who holds it, the team's managers, admins.
pub fn controls(actor: &Actor, holder: &Login, team: &str) -> bool {
    holds(actor, holder) || manages(actor, team)
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
    if controls(actor, &account.holder, &account.team) {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "Only who holds the account or a manager of the team {} may do this; {} holds it.",
        account.team, account.holder
    )))
}

/// Whether the actor may enable again what somebody froze and belongs to that
/// team, of what they [control](controls): who froze it, managers, admins. So no
/// tester lifts what a manager did.
pub fn unfreezes(actor: &Actor, frozen_by: Option<&str>, team: &str) -> bool {
    manages(actor, team) || frozen_by.is_some_and(|login| is_login(actor, login))
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
    if account.state != AccountState::Frozen || unfreezes(actor, account.frozen_by.as_deref(), &account.team)
    {
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
    if is_own(actor, account) {
        return Err(own_request());
    }
    if manages(actor, &account.team) { Ok(()) } else { Err(others_team(&account.team)) }
}

/// That something belongs to another team.
fn others_team(team: &str) -> Problem {
    Problem::forbidden(format!("It belongs to the team {team}. Ask a manager of that team, or an admin."))
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

/// Whether the actor sees a batch that somebody of that team has started.
pub fn sees_batch(actor: &Actor, started_by: &ActorRef, team: &str) -> bool {
    let is_own = is_login(actor, &started_by.login);
    match visibility(actor) {
        Visibility::All => true,
        Visibility::Team(own, _) => own == team || is_own,
        Visibility::Own(_) => is_own,
        Visibility::Run(_, _, token) => started_by.token_id == Some(token),
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

/// Whether the actor may ask for accounts on that service: whoever's team it
/// is open to. What one may not use, one does not see.
pub fn uses(actor: &Actor, service: &Service) -> bool {
    let is_bound_elsewhere =
        |bound: &Bound| !bound.services.is_empty() && !bound.services.contains(&service.slug);
    if actor.bound().is_some_and(is_bound_elsewhere) {
        return false;
    }
    actor.person().is_none_or(|person| person.role == Role::Admin || service.is_open_to(&person.team))
}

/// May pause, try out and sweep services at all; which ones, [`operates`] says.
///
/// # Errors
/// The role is less than manager, or the token lacks the scope.
pub fn operate_services(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::ServicesWrite)?;
    at_least(actor, Role::Manager)
}

/// May pause, try out and sweep that service, and decide on its drift: its
/// team's managers, admins. What is everybody's only admins look after.
///
/// # Errors
/// It belongs to another team, the role is less than manager, or the token
/// lacks the scope.
pub fn operate_service(actor: &Actor, service: &Service) -> Result<(), Problem> {
    operate_services(actor)?;
    if operates(actor, service) {
        return Ok(());
    }
    if service.is_everybody_s() {
        return Err(Problem::forbidden("The service is everybody’s: an admin looks after it."));
    }
    Err(others_team(&service.team))
}

/// Whether the actor may operate that service, of those that they see.
pub fn operates(actor: &Actor, service: &Service) -> bool {
    let is_admin = actor.role() == Role::Admin;
    operate_services(actor).is_ok()
        && (is_admin || !service.is_everybody_s() && manages(actor, &service.team))
}

/// May register and change services: what is called, and with which secret.
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

/// May read the audit, within [`visibility`].
///
/// # Errors
/// The role is less than manager, or the token lacks the scope.
pub fn read_audit(actor: &Actor) -> Result<(), Problem> {
    scope(actor, Scope::EventsRead)?;
    at_least(actor, Role::Manager)
}

/// May add, list and change people and teams.
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

/// May change one's own password and end one's own sessions: whoever sits at
/// the browser.
///
/// # Errors
/// It is done through a token, or there is nobody whose they would be.
pub fn manage_own_access(actor: &Actor) -> Result<&Person, Problem> {
    match actor {
        Actor::Person(person) => Ok(person),
        Actor::Token { .. } | Actor::Operator | Actor::System => {
            Err(Problem::forbidden("This is done at a browser, by whoever signed in there."))
        }
    }
}

/// The scopes that a new token gets: a token creates only narrower ones.
///
/// # Errors
/// More is asked for than the issuing token has, or that one is a CI run's.
pub fn scopes_of_new_token(actor: &Actor, wanted: Vec<Scope>) -> Result<Vec<Scope>, Problem> {
    if actor.bound().is_some() {
        return Err(Problem::forbidden(
            "A token that is bound to a CI run issues no others. Exchange the provider's identity token again.",
        ));
    }
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
