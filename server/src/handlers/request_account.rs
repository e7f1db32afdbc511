//! Asking for an account.

use std::collections::BTreeMap;

use domain::{
    Account, AccountState, Enrollment, Problem, ProblemKind, Timestamp, Ttl,
    account::{AccountView, IssuedAccount},
    actor::Caller,
    audit::Action,
    command::{AccountRequest, RequestAccount, Wait},
    id::{AccountId, EnrollmentId},
    people::DEFAULT_TEAM,
    policy,
    secret::Secret,
    text::Login,
};
use serde_json::json;
use uuid::Uuid;

use super::{Handlers, conflict, names::Names, reveal_account, show_account, terms::Terms, waiting};
use crate::{
    store::{NewEvent, StoreError, UnitOfWork},
    usernames,
    worker::Places,
};

/// How often another name is minted when one is taken. With 40 random bits,
/// being unlucky twice means that something else is wrong.
const NAMES_TRIED: usize = 3;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    command: &RequestAccount,
    wait: Wait,
) -> Result<AccountView, Problem> {
    Ok(request(portal, by, command, wait).await?.0.into())
}

/// The same, with the credentials of an account that is active then.
pub(super) async fn issue(
    portal: &Handlers,
    by: &Caller,
    command: &RequestAccount,
    wait: Wait,
) -> Result<IssuedAccount, Problem> {
    let (account, password) = request(portal, by, command, wait).await?;
    let credentials = reveal_account::to_holder(portal, by, &account, Some(&password)).await;
    Ok(IssuedAccount { account: account.into(), credentials })
}

async fn request(
    portal: &Handlers,
    by: &Caller,
    command: &RequestAccount,
    wait: Wait,
) -> Result<(Account, Secret), Problem> {
    let holder = policy::request_account(&by.actor)?;
    let request = bound(by, command.parse()?)?;
    if request.count > 1 {
        return Err(Problem::invalid("/count", "must be 1 here"));
    }
    // Listening begins before the commit, so that no change is missed.
    let changes = portal.store.changes();
    let mut tried = 1;
    let (account, password) = loop {
        match commit(portal, by, &holder, &request).await {
            Ok(drawn) => break drawn,
            Err(Refusal::NameTaken) if tried < NAMES_TRIED => tried += 1,
            Err(refusal) => return Err(refusal.into()),
        }
    };
    let account = waiting::account_until(portal, changes, account, wait, is_settled).await?;
    Ok((account, password))
}

/// What a token that is bound to a run asks for belongs to that run.
pub(super) fn bound(by: &Caller, request: AccountRequest) -> Result<AccountRequest, Problem> {
    let Some(bound) = by.actor.bound() else { return Ok(request) };
    bound.admits(request.run.as_ref())?;
    Ok(AccountRequest { run: Some(bound.run.clone()), ..request })
}

/// The same request once more: nothing new is made.
pub(super) async fn again(
    portal: &Handlers,
    by: &Caller,
    made: Option<Uuid>,
    wait: Wait,
) -> Result<AccountView, Problem> {
    Ok(made_before(portal, by, made, wait).await?.into())
}

/// The same request once more, with the credentials.
pub(super) async fn issue_again(
    portal: &Handlers,
    by: &Caller,
    made: Option<Uuid>,
    wait: Wait,
) -> Result<IssuedAccount, Problem> {
    let account = made_before(portal, by, made, wait).await?;
    let credentials = reveal_account::to_holder(portal, by, &account, None).await;
    Ok(IssuedAccount { account: account.into(), credentials })
}

async fn made_before(
    portal: &Handlers,
    by: &Caller,
    made: Option<Uuid>,
    wait: Wait,
) -> Result<Account, Problem> {
    policy::request_account(&by.actor)?;
    let id = AccountId(made.ok_or_else(Problem::internal)?);
    let changes = portal.store.changes();
    let account = show_account::seen_by(by, portal.store.account(id).await?)?;
    waiting::account_until(portal, changes, account, wait, is_settled).await
}

fn is_settled(account: &Account) -> bool {
    account.state != AccountState::Provisioning
}

/// An account as it is asked for, with its first password.
pub(super) fn draw_up(
    portal: &Handlers,
    by: &Caller,
    holder: &Login,
    request: &AccountRequest,
    attributes: &BTreeMap<String, String>,
    terms: &Terms,
) -> Result<(Account, Secret), Problem> {
    let names = Names::mint(portal, terms, request.hint.as_ref());
    let mut account = drawn_up(portal, by, holder, request, attributes, terms, names);
    let now = account.created_at;
    terms.begin(&mut account, now);
    Ok((account, terms.password(portal)?))
}

/// The same under these names, and not begun with.
pub(super) fn drawn_up(
    portal: &Handlers,
    by: &Caller,
    holder: &Login,
    request: &AccountRequest,
    attributes: &BTreeMap<String, String>,
    terms: &Terms,
    names: Names,
) -> Account {
    Account {
        id: AccountId(portal.world.new_id()),
        email: usernames::email(&names.own, &portal.email_domain),
        state: AccountState::Requested,
        end_reason: None,
        purpose: request.purpose.as_ref().map(ToString::to_string),
        ticket: request.ticket.as_ref().map(ToString::to_string),
        labels: request.labels.clone(),
        run: request.run.as_ref().map(ToString::to_string),
        batch: None,
        attributes: attributes.clone(),
        requested_by: by.actor.reference(),
        holder: holder.clone(),
        team: by.actor.person().map_or(DEFAULT_TEAM, |person| &person.team).to_owned(),
        handing_to: None,
        approved_by: None,
        decision_reason: None,
        frozen_by: None,
        ttl: terms.ttl,
        password_generation: 1,
        created_at: portal.world.now(),
        decide_by: None,
        provision_by: None,
        active_at: None,
        expires_at: None,
        kept_until: None,
        ended_at: None,
        version: 0,
        enrollments: enroll(portal, terms, names.on),
        username: names.own,
    }
}

/// An account like one that failed, under another name.
pub(super) fn draw_up_again(
    portal: &Handlers,
    by: &Caller,
    failed: &Account,
    terms: &Terms,
) -> Result<(Account, Secret), Problem> {
    let now = portal.world.now();
    let names = Names::mint_like(portal, terms, failed);
    let mut account = Account {
        id: AccountId(portal.world.new_id()),
        email: usernames::email(&names.own, &portal.email_domain),
        state: AccountState::Requested,
        end_reason: None,
        requested_by: by.actor.reference(),
        approved_by: None,
        decision_reason: None,
        frozen_by: None,
        created_at: now,
        provision_by: None,
        kept_until: None,
        ended_at: None,
        version: 0,
        enrollments: enroll(portal, terms, names.on),
        username: names.own,
        ..failed.clone()
    };
    terms.begin(&mut account, now);
    Ok((account, terms.password(portal)?))
}

fn enroll(portal: &Handlers, terms: &Terms, names: Vec<String>) -> Vec<Enrollment> {
    let enroll = |(service, username): (&domain::service::Service, String)| {
        let id = EnrollmentId(portal.world.new_id());
        Enrollment::pending(id, service.id, service.slug.clone(), username)
    };
    terms.targets.iter().map(|target| &target.service).zip(names).map(enroll).collect()
}

/// Why accounts could not be added.
pub(super) enum Refusal {
    /// A name that was minted is taken.
    NameTaken,
    /// Anything else.
    Problem(Problem),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NameTaken => Self::internal(),
            Refusal::Problem(problem) => problem,
        }
    }
}

/// Commits the request, and with it the claims on its work where that can
/// begin at once.
async fn commit(
    portal: &Handlers,
    by: &Caller,
    holder: &Login,
    request: &AccountRequest,
) -> Result<(Account, Secret), Refusal> {
    let work = portal.store.begin().await?;
    let terms = Terms::of_new(portal, by, &work, &request.services, request.ttl).await?;
    let attributes = terms.attributes(request)?;
    let mut drawn = draw_up(portal, by, holder, request, &attributes, &terms)?;
    let places = places(portal, &terms, &drawn.0);
    if places.is_some() {
        drawn.0.attempted_everywhere().map_err(conflict)?;
    }
    let claimed_until = places.as_ref().map(|places| places.until);
    let mut events =
        add(portal, by, &work, holder, &terms, std::slice::from_ref(&drawn), claimed_until).await?;
    let (account, password) = drawn;
    work.commit(events.remove(0).made(account.id.0).into()).await?;
    if let (Some(intake), Some(places)) = (&portal.intake, places) {
        intake.start(&account, &password, places);
    }
    Ok((account, password))
}

/// Places in the lanes of the account's services, if the work can begin at
/// once.
fn places(portal: &Handlers, terms: &Terms, account: &Account) -> Option<Places> {
    let intake = portal.intake.as_ref().filter(|_| account.state == AccountState::Provisioning)?;
    intake.places(&terms.targets)
}

/// Adds accounts, if the holder may have that many; answers the events that
/// tell of them. Where their work begins at once it is claimed with that.
pub(super) async fn add(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    holder: &Login,
    terms: &Terms,
    drawn: &[(Account, Secret)],
    claimed_until: Option<Timestamp>,
) -> Result<Vec<NewEvent>, Refusal> {
    terms.check_quota(work, holder, drawn.len() as u64).await?;
    check_run_s_quota(by, work, drawn.len() as u64).await?;
    work.insert_accounts(drawn, &portal.keyring, claimed_until)
        .await
        .map_err(|error| if error.is_taken() { Refusal::NameTaken } else { error.into() })?;
    Ok(drawn.iter().map(|(account, _)| requested(by, account)).collect())
}

/// Checks that the run to which the token is bound may hold so many more. Who
/// holds them is locked, so counting and adding are one step.
async fn check_run_s_quota(by: &Caller, work: &UnitOfWork, more: u64) -> Result<(), Problem> {
    let Some((run, quota)) = by.actor.bound().and_then(|bound| Some((&bound.run, bound.quota?))) else {
        return Ok(());
    };
    let held = work.count_held_by_run(run).await?;
    if held + more <= u64::from(quota) {
        return Ok(());
    }
    let detail = format!(
        "A run may hold {quota} accounts at a time by the rule that let it in. {run} holds {held}, and {more} more \
         were asked for. Give some back first."
    );
    Err(Problem { retry_after: Ttl::from_secs(60), ..Problem::new(ProblemKind::QuotaExceeded, detail) })
}

fn requested(by: &Caller, account: &Account) -> NewEvent {
    let services: Vec<&str> = account.enrollments.iter().map(|e| e.service.as_str()).collect();
    NewEvent::new(Action::AccountRequested, by).account(account).details(json!({
        "services": services,
        "ttl": account.ttl,
        "purpose": account.purpose,
        "ticket": account.ticket,
        "labels": account.labels,
        "attributes": account.attributes,
        "decide_by": account.decide_by,
    }))
}
