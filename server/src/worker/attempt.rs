//! One attempt on one service: take one's turn, call it, hand on what came of
//! it.

use std::sync::Arc;

use domain::{Enrollment, Problem, Work, audit::Action, secret::Secret};
use serde_json::json;
use tokio::time::Instant;

use super::{
    Worker, change,
    claims::Hold,
    lanes::{Place, Turn},
    outcome::{Before, Outcome, Setback},
    provision, remove,
    settle::Done,
};
use crate::{
    connectors::Identity,
    directory::Target,
    secrets::own_secret,
    store::{Claim, NewEvent},
};

/// What need not be read for an attempt that is made at once.
pub(super) struct AtHand {
    /// The account's password.
    pub password: Secret,
    /// The service, which nobody has changed before the claim was committed.
    pub target: Arc<Target>,
}

/// Makes the attempt that the claim is for.
#[tracing::instrument(name = "attempt", skip_all, fields(account = %claim.account.id, work = ?claim.work))]
pub(super) async fn make(worker: Worker, claim: Claim, hold: Hold, place: Place, at_hand: Option<AtHand>) {
    let service = claim.service;
    let outcome = match hold.while_held(attempt(&worker, &claim, &place, at_hand)).await {
        None => Outcome::Lost,
        Some(Ok(outcome)) => outcome,
        Some(Err(problem)) => {
            // The claim runs out, and then the row is due again.
            tracing::error!(enrollment = %claim.enrollment, %problem, "an attempt could not be made");
            return;
        }
    };
    if let Some(answered) = outcome.answered()
        && let Some(turn) = worker.lanes.report(service, answered, Instant::now(), worker.world.now())
        && let Err(problem) = tell_of_turn(&worker, &claim, turn).await
    {
        tracing::error!(%problem, "that a service is down, or up again, could not be written down");
    }
    // What follows is the database's work: the service can take the next call.
    drop(place);
    worker.settle(Done { claim, outcome, _hold: hold }).await;
}

async fn attempt(
    worker: &Worker,
    claim: &Claim,
    place: &Place,
    at_hand: Option<AtHand>,
) -> Result<Outcome, Problem> {
    let (_permit, waited) = place.turn().await;
    if waited && is_overtaken(worker, claim).await? {
        return Ok(Outcome::Overtaken);
    }
    if let Some(AtHand { password, target }) = at_hand.filter(|_| !waited) {
        return call(worker, claim, &target, password).await;
    }
    let password = password(worker, claim).await?;
    // Read last: the account belongs wherever the service stands today.
    match worker.directory.by_id(claim.service).await? {
        Some(target) => call(worker, claim, &target, password).await,
        None => Ok(Outcome::Postponed(Setback::untried(
            "The service is not registered any more; an operator has to register it again.",
        ))),
    }
}

/// While an attempt waited for its turn, somebody may have wanted something
/// else.
async fn is_overtaken(worker: &Worker, claim: &Claim) -> Result<bool, Problem> {
    let account = worker.store.account(claim.account.id).await?;
    let work = account.as_ref().and_then(|account| account.work_on(claim.enrollment).ok().flatten());
    let generation = account.map(|account| account.password_generation);
    Ok(work != Some(claim.work) || generation != Some(claim.account.password_generation))
}

async fn call(worker: &Worker, claim: &Claim, target: &Target, password: Secret) -> Result<Outcome, Problem> {
    let now = worker.world.now();
    let account = &claim.account;
    let enrollment = account.enrollment(claim.enrollment).map_err(|_| Problem::internal())?;
    let own_secret = own_secret(worker, claim, enrollment)?;
    let who = Identity {
        account_id: account.id,
        username: enrollment.username.clone(),
        email: account.email.clone(),
        password,
        own_secret,
        attributes: account.attributes.clone(),
        remote_id: enrollment.remote_id.clone(),
    };
    let connector = target.connector.as_ref();
    let before = Before::of(enrollment, now);
    Ok(match claim.work {
        Work::Create => provision::call(connector, &who, &before).await,
        Work::Reset => change::reset(connector, &who, &before).await,
        Work::Disable => change::disable(connector, &who, &before).await,
        Work::Enable => change::enable(connector, &who, &before).await,
        Work::Remove => remove::call(connector, &who, &before).await,
    })
}

/// The password that the service is to have, or has.
async fn password(worker: &Worker, claim: &Claim) -> Result<Secret, Problem> {
    let account = &claim.account;
    let enrollment = account.enrollment(claim.enrollment).map_err(|_| Problem::internal())?;
    let generation = match claim.work {
        Work::Create | Work::Reset => account.password_generation,
        Work::Disable | Work::Enable | Work::Remove => {
            enrollment.password_generation.unwrap_or(account.password_generation)
        }
    };
    let password = worker.store.password(account.id, generation, &worker.keyring).await?;
    password.ok_or_else(Problem::internal)
}

/// The credential that the service made itself, which counts there until there
/// is to be another.
fn own_secret(worker: &Worker, claim: &Claim, enrollment: &Enrollment) -> Result<Option<Secret>, Problem> {
    let opened = match (claim.work, &enrollment.own_secret) {
        (Work::Create | Work::Reset, _) | (_, None) => return Ok(None),
        (Work::Disable | Work::Enable | Work::Remove, Some(sealed)) => {
            own_secret::open(&worker.keyring, enrollment.id, sealed)
        }
    };
    opened.map(Some).map_err(|error| {
        tracing::error!(enrollment = %enrollment.id, %error, "a service's own credential does not open");
        Problem::internal()
    })
}

async fn tell_of_turn(worker: &Worker, claim: &Claim, turn: Turn) -> Result<(), Problem> {
    let enrollment = claim.account.enrollment(claim.enrollment).map_err(|_| Problem::internal())?;
    let service = &enrollment.service;
    let action = match turn {
        Turn::Down => {
            tracing::warn!(%service, "a service does not answer; it is asked now and then");
            Action::ServiceDown
        }
        Turn::Up => {
            tracing::info!(%service, "a service answers again");
            Action::ServiceUp
        }
    };
    let event = NewEvent::new(action, &worker.system()).service(service).details(json!({}));
    worker.store.record(event).await?;
    if turn == Turn::Up {
        worker.store.wake(claim.service).await?;
    }
    Ok(())
}
