//! Trying a service out, on the service itself, with an account made for that.
//!
//! Whatever happens meanwhile, nothing is left behind: the account is
//! committed as one that is to be removed before the first call is made, and
//! the check only has it in hand for a while. Should the check die, the worker
//! removes the account as it does any other.

mod advice;
mod patient;
mod trial;

use std::time::Duration;

use domain::{
    Account, Actor, EndReason, Problem, ProblemKind, account::TransitionError, actor::Caller, audit::Action,
    check::ServiceCheck, command::RequestAccount, id::EnrollmentId, service::Persona, text::Login,
};
use serde_json::json;

use tokio::time::Instant;

use self::trial::{Begun, Trial, Verdict};
use super::{Handlers, conflict, find_service, request_account, terms::Terms};
use crate::{
    connectors::Identity,
    directory::Target,
    store::{Claim, Events, NewEvent},
};

/// For so long nobody else takes the account in hand.
const IN_HAND: Duration = Duration::from_secs(300);

/// A check that takes longer is ended.
const LONGEST: Duration = Duration::from_secs(270);

/// What the account is for, as its history says.
const PURPOSE: &str = "Check of the service";

pub(super) async fn run(portal: &Handlers, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem> {
    let target = find_service::operable(portal, by, slug).await?;
    let condemned = condemn(portal, by, &target).await?;
    let (portal, by) = (portal.clone(), by.clone());
    // Whoever asked may go away; the check is seen through all the same.
    let check = tokio::spawn(async move { check(&portal, &by, &target, condemned).await });
    check.await.map_err(|error| {
        tracing::error!(%error, "a check broke down");
        Problem::internal()
    })?
}

/// The same request once more: what came of the check then.
pub(super) async fn again(portal: &Handlers, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem> {
    let target = find_service::operable(portal, by, slug).await?;
    target.service.check.clone().ok_or_else(|| {
        Problem::new(
            ProblemKind::Conflict,
            "The service was changed since that check. Check it again, with a new Idempotency-Key.",
        )
    })
}

async fn check(
    portal: &Handlers,
    by: &Caller,
    target: &Target,
    condemned: Condemned,
) -> Result<ServiceCheck, Problem> {
    let Condemned { account, claim, identity, spare } = condemned;
    let mut trial = Trial::new(target, identity, spare);
    let deadline = Instant::now() + LONGEST;
    let verdict = match tokio::time::timeout_at(deadline, trial.begin()).await {
        Ok(Begun::Refused) => Verdict::Gone(NOTHING_SENT.to_owned()),
        Ok(Begun::Sent { is_created }) => {
            keep(portal, &claim, trial.remote_id()).await?;
            let rest = tokio::time::timeout_at(deadline, trial.go_on(is_created)).await;
            rest.unwrap_or_else(|_| trial.cut_short())
        }
        Err(_) => trial.cut_short(),
    };
    let removal_is_left = !matches!(verdict, Verdict::Gone(_));
    settle(portal, by, &claim, verdict).await?;
    let forbidden = trial.forbidden();
    let check = trial.finish(portal.world.now(), removal_is_left);
    store(portal, by, target, &account, &check, forbidden).await?;
    Ok(check)
}

/// Proves that nothing is there.
const NOTHING_SENT: &str = "nothing was ever sent to the service";

/// An account that is to be removed whatever happens, and in hand for a while.
struct Condemned {
    account: Account,
    claim: Claim,
    identity: Identity,
    /// Passwords like its own: one that is wrong, and one to be set.
    spare: [domain::secret::Secret; 2],
}

async fn condemn(portal: &Handlers, by: &Caller, target: &Target) -> Result<Condemned, Problem> {
    let slug = target.service.slug.clone();
    let traits = &target.service.traits;
    // Any kind of account will do, where there has to be one.
    let needs = &traits.needs;
    let has_them = |persona: &&Persona| needs.iter().all(|name| persona.attributes.contains_key(name));
    let persona = traits.personas.iter().find(has_them).filter(|_| !needs.is_empty());
    let request = RequestAccount {
        services: vec![slug.to_string()],
        purpose: Some(PURPOSE.to_owned()),
        persona: persona.map(|persona| persona.name.to_string()),
        ..RequestAccount::default()
    };
    let request = request.parse()?;
    let now = portal.world.now();
    let work = portal.store.begin().await?;
    let terms = Terms::of(portal, &work, &request.services).await?;
    let holder = holder(&by.actor)?;
    let attributes = terms.attributes(&request)?;
    let (mut account, password) =
        request_account::draw_up(portal, by, &holder, &request, &attributes, &terms)?;
    let condemned = |account: &mut Account| -> Result<(), TransitionError> {
        account.provision(terms.provision_within, now);
        account.decide_by = None;
        account.attempted_everywhere()?;
        account.revoke(EndReason::CleanedUp, now)
    };
    condemned(&mut account).map_err(conflict)?;
    let spare = [terms.password(portal)?, terms.password(portal)?];
    let until = now.plus_millis(IN_HAND.as_millis() as i64);
    let drawn = [(account, password)];
    work.insert_accounts(&drawn, &portal.keyring, Some(until)).await?;
    let [(account, password)] = drawn;
    let requested = NewEvent::new(Action::AccountRequested, by)
        .account(&account)
        .service(&slug)
        .details(json!({ "services": [slug], "purpose": PURPOSE }));
    let revoking = NewEvent::new(Action::AccountRevoking, by)
        .account(&account)
        .details(json!({ "reason": EndReason::CleanedUp }));
    let events = Events::all(vec![requested.repeatable(), revoking.repeatable()]);
    work.commit(events.ok_or_else(Problem::internal)?).await?;
    let claim = Claim::first(&account).next().ok_or_else(Problem::internal)?;
    let identity = Identity {
        account_id: account.id,
        username: account.username.clone(),
        email: account.email.clone(),
        password,
        own_secret: None,
        attributes: account.attributes.clone(),
        remote_id: None,
    };
    Ok(Condemned { account, claim, identity, spare })
}

fn holder(actor: &Actor) -> Result<Login, Problem> {
    let login = actor.person().map_or("operator", |person| person.login.as_str());
    login.parse().map_err(|_| Problem::internal())
}

/// Keeps the service's own id for the account: without it, nobody else could
/// remove it.
async fn keep(portal: &Handlers, claim: &Claim, remote_id: Option<String>) -> Result<(), Problem> {
    if remote_id.is_none() {
        return Ok(());
    }
    let work = portal.store.begin().await?;
    let mut claimed = work.claimed([claim]).await?;
    let Some((account, _)) = claimed.get_mut(&claim.account.id) else { return Ok(()) };
    account.enrollment_identified(claim.enrollment, remote_id).map_err(conflict)?;
    work.save_account(account).await?;
    Ok(work.commit_bookkeeping().await?)
}

/// Gives the account out of hand: ended, where it is proven gone; else for the
/// worker to remove.
async fn settle(portal: &Handlers, by: &Caller, claim: &Claim, verdict: Verdict) -> Result<(), Problem> {
    let work = portal.store.begin().await?;
    let mut claimed = work.claimed([claim]).await?;
    let Some((account, ours)) = claimed.get_mut(&claim.account.id) else { return Ok(()) };
    if ours.is_empty() {
        return Ok(());
    }
    let before = account.state;
    let events = conclude(portal, by, account, claim.enrollment, verdict).map_err(conflict)?;
    let ended = NewEvent::of_arrival(before, account, by).map(NewEvent::repeatable);
    work.save_settled(account, ours).await?;
    let events = Events::all(events.into_iter().chain(ended).collect());
    Ok(work.commit(events.ok_or_else(Problem::internal)?).await?)
}

fn conclude(
    portal: &Handlers,
    by: &Caller,
    account: &mut Account,
    id: EnrollmentId,
    verdict: Verdict,
) -> Result<Vec<NewEvent>, TransitionError> {
    let now = portal.world.now();
    let service = account.enrollment(id)?.service.clone();
    let (action, reason) = match verdict {
        Verdict::Gone(proof) => {
            account.enrollment_removed(id, proof.clone(), now)?;
            (Action::EnrollmentRemoved, proof)
        }
        Verdict::Left { why, unsettled } => {
            if unsettled {
                account.enrollment_unsettled(id, now.plus_millis(portal.settle_millis()))?;
            }
            account.enrollment_postponed(id, why.clone(), now)?;
            (Action::EnrollmentPostponed, why)
        }
    };
    let event = NewEvent::new(action, by).account(account).service(service);
    Ok(vec![event.details(json!({ "reason": reason })).repeatable()])
}

/// Keeps what came of it, unless the service was changed meanwhile.
async fn store(
    portal: &Handlers,
    by: &Caller,
    target: &Target,
    account: &Account,
    check: &ServiceCheck,
    forbidden: Option<String>,
) -> Result<(), Problem> {
    let work = portal.store.begin().await?;
    let slug = &target.service.slug;
    if let Some(row) = work.service(slug.as_str()).await?
        && row.id == target.service.id
        && row.updated_at == target.service.updated_at
    {
        work.save_check(row.id, check).await?;
    }
    let event = |action| NewEvent::new(action, by).account(account).service(slug);
    let details = json!({ "ok": check.ok, "steps": check.steps, "disproved": check.disproved });
    let checked = Events::from(event(Action::ServiceChecked).details(details));
    let refused =
        forbidden.map(|reason| event(Action::CallRefused).details(json!({ "reason": reason })).repeatable());
    Ok(work.commit(checked.with(refused)).await?)
}
