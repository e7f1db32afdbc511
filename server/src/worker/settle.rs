//! Committing what came of attempts: whatever has come together meanwhile in
//! one transaction, each with its events.

use domain::{
    Account, AccountState, EndReason, EnrollmentState, Problem, Timestamp,
    account::{Told, TransitionError},
    audit::Action,
    id::EnrollmentId,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Worker, backoff,
    claims::Hold,
    outcome::{Outcome, Setback, TargetTold},
};
use crate::{
    connectors::Call,
    secrets::own_secret,
    store::{Claim, Events, NewEvent},
    usernames::{self, Stem},
};

/// How many outcomes are committed together at the most.
const AT_ONCE: usize = 64;

/// An attempt that was made.
pub(super) struct Done {
    /// For which claim.
    pub claim: Claim,
    /// What came of it.
    pub outcome: Outcome,
    /// Keeps the claim until the outcome is stored.
    pub _hold: Hold,
}

/// Commits outcomes until the last sender is gone.
pub(super) async fn run(mut worker: Worker, mut done: mpsc::Receiver<Done>) {
    // A sender of its own would keep it waiting for itself.
    worker.settler = mpsc::channel(1).0;
    let mut together = Vec::with_capacity(AT_ONCE);
    while done.recv_many(&mut together, AT_ONCE).await > 0 {
        if let Err(problem) = commit(&worker, &together).await {
            tracing::warn!(%problem, outcomes = together.len(), "outcomes were not stored together; each is tried alone");
            for alone in &together {
                if let Err(problem) = commit(&worker, std::slice::from_ref(alone)).await {
                    // The claim runs out, and then the row is due again.
                    tracing::error!(enrollment = %alone.claim.enrollment, %problem, "an outcome was not stored");
                }
            }
        }
        together.clear();
    }
}

async fn commit(worker: &Worker, together: &[Done]) -> Result<(), Problem> {
    let work = worker.store.begin().await?;
    let mut accounts = work.claimed(together.iter().map(|done| &done.claim)).await?;
    let now = worker.world.now();
    let mut events = Vec::new();
    for Done { claim, outcome, _hold } in together {
        let Some((account, ours)) = accounts.get_mut(&claim.account.id) else { continue };
        if !ours.contains(&claim.key()) {
            tracing::warn!(enrollment = %claim.enrollment, ?outcome, "an outcome came too late: somebody else does the work");
            continue;
        }
        let (before, holder) = (account.state, account.holder.clone());
        events.extend(refused(worker, account, claim.enrollment, outcome).map_err(broken)?);
        let event = apply(worker, claim, account, outcome, now).map_err(broken)?;
        if account.holder != holder {
            account.team = work.team_of(&account.holder).await?;
        }
        if let Some(event) = event {
            events.push(event);
            events.extend(consequences(worker, before, &holder, account));
        }
    }
    for (account, ours) in accounts.values_mut().filter(|(_, ours)| !ours.is_empty()) {
        work.save_settled(account, ours).await?;
    }
    match Events::all(events) {
        Some(events) => work.commit(events).await?,
        None => work.commit_bookkeeping().await?,
    }
    Ok(())
}

/// That the guard refused a call: said once, and not at each further attempt.
fn refused(
    worker: &Worker,
    account: &Account,
    id: EnrollmentId,
    outcome: &Outcome,
) -> Result<Option<NewEvent>, TransitionError> {
    let enrollment = account.enrollment(id)?;
    let refusal = outcome.refusal().filter(|why| enrollment.last_error.as_deref() != Some(*why));
    Ok(refusal.map(|why| {
        let event = NewEvent::new(Action::CallRefused, &worker.system()).account(account);
        event.service(&enrollment.service).details(json!({ "reason": why }))
    }))
}

/// What the outcome on one service means for the account.
fn consequences(
    worker: &Worker,
    before: AccountState,
    holder: &domain::text::Login,
    account: &Account,
) -> Vec<NewEvent> {
    let by = worker.system();
    // That one service gave up takes the account from the others too.
    let failing = before == AccountState::Provisioning && account.end_reason == Some(EndReason::Failed);
    let failing = failing.then(|| {
        let reason = json!({ "reason": EndReason::Failed });
        NewEvent::new(Action::AccountRevoking, &by).account(account).details(reason)
    });
    let handed_over = (account.holder != *holder).then(|| {
        let details = json!({ "from": holder, "to": account.holder });
        NewEvent::new(Action::AccountHandedOver, &by).account(account).details(details)
    });
    failing.into_iter().chain(handed_over).chain(NewEvent::of_arrival(before, account, &by)).collect()
}

fn apply(
    worker: &Worker,
    claim: &Claim,
    account: &mut Account,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Option<NewEvent>, TransitionError> {
    let id = claim.enrollment;
    let enrollment = account.enrollment(id)?.clone();
    let (action, mut details) = match outcome {
        Outcome::Overtaken => return Ok(None),
        Outcome::Lost => {
            account.enrollment_lost(id, now.plus_millis(worker.settle_millis()))?;
            return Ok(None);
        }
        Outcome::Created { told, call } => {
            if call.is_a_promise() {
                account.enrollment_unsettled(id, now.plus_millis(worker.settle_millis()))?;
            }
            account.enrollment_created(id, sealed(worker, id, told), now)?;
            (Action::EnrollmentCreated, of_call(Some(call)))
        }
        Outcome::Reset { told, call } => {
            account.enrollment_reset(id, claim.account.password_generation, sealed(worker, id, told), now)?;
            (Action::EnrollmentReset, of_call(Some(call)))
        }
        Outcome::Switched { disabled, own_secret, call } => {
            account.enrollment_disabled(id, *disabled, now)?;
            if let Some(secret) = own_secret {
                account.enrollment_resealed(id, own_secret::seal(&worker.keyring, id, secret))?;
            }
            let action = if *disabled { Action::EnrollmentDisabled } else { Action::EnrollmentEnabled };
            (action, of_call(Some(call)))
        }
        Outcome::Removed { proof } => {
            if let Some(until) = enrollment.unsettled_until.filter(|until| *until > now) {
                account.enrollment_postponed(id, MAY_STILL_LAND.to_owned(), until)?;
                let mut details = with_reason(of_call(proof.first()), MAY_STILL_LAND);
                details["next_attempt_at"] = json!(until);
                (Action::EnrollmentPostponed, details)
            } else {
                account.enrollment_removed(id, written(proof), now)?;
                let mut details = of_call(proof.first());
                details["proof"] = json!(proof.iter().map(ToString::to_string).collect::<Vec<_>>());
                (Action::EnrollmentRemoved, details)
            }
        }
        Outcome::NeverThere => {
            account.enrollment_removed(id, NEVER_THERE.to_owned(), now)?;
            (Action::EnrollmentRemoved, with_reason(of_call(None), NEVER_THERE))
        }
        // A name that is a stranger's, of an account that is to go: there is
        // nothing of ours to remove, and the stranger's stays.
        Outcome::Taken { call } if enrollment.state == EnrollmentState::Removing => {
            account.enrollment_strangers(id, format!("{call}; it belongs to somebody else"), now)?;
            (Action::EnrollmentRemoved, of_call(Some(call)))
        }
        Outcome::Taken { call } => {
            let username = Stem::mint(&worker.world, None).in_place_of(&enrollment.username);
            let email = usernames::email(&username, &worker.email_domain);
            account.enrollment_renamed(id, username.clone(), email, now)?;
            let mut details = of_call(Some(call));
            details["taken"] = json!(enrollment.username);
            details["username"] = json!(username);
            (Action::EnrollmentRenamed, details)
        }
        Outcome::NothingSent(setback) => {
            account.enrollment_unsent(id, setback.why.clone(), now)?;
            (Action::EnrollmentGivenUp, with_reason(of_call(None), &setback.why))
        }
        Outcome::GivenUp(setback) => {
            note(worker, account, id, setback, now)?;
            account.enrollment_given_up(id, setback.why.clone(), now)?;
            (Action::EnrollmentGivenUp, with_reason(of_call(setback.call.as_ref()), &setback.why))
        }
        Outcome::Postponed(setback) | Outcome::Held(setback) => {
            note(worker, account, id, setback, now)?;
            // Nothing went wrong with what was not attempted: it waits no longer than it has to.
            let held = matches!(outcome, Outcome::Held(_));
            let attempts = if held { 0 } else { enrollment.attempts };
            let wait = backoff::millis(attempts, setback.asked_for, &mut worker.world.rng());
            let until = now.plus_millis(wait);
            if held {
                account.enrollment_held(id, setback.why.clone(), until)?;
            } else {
                account.enrollment_postponed(id, setback.why.clone(), until)?;
            }
            let mut details = with_reason(of_call(setback.call.as_ref()), &setback.why);
            details["next_attempt_at"] = json!(until);
            (Action::EnrollmentPostponed, details)
        }
    };
    details["attempt"] = json!(enrollment.attempts);
    let event = NewEvent::new(action, &worker.system()).account(account).service(&enrollment.service);
    Ok(Some(event.details(details)))
}

const NEVER_THERE: &str =
    "The service refused to create it, and so never told the id by which it would be deleted.";

const MAY_STILL_LAND: &str = "The service says that it is gone, but an earlier call of which no answer was heard may \
                              still be carried out there. It is looked at once more after that.";

/// What the service told, with what is secret sealed.
fn sealed(worker: &Worker, id: EnrollmentId, told: &TargetTold) -> Told {
    let own_secret = told.own_secret.as_ref().map(|secret| own_secret::seal(&worker.keyring, id, secret));
    Told { remote_id: told.remote_id.clone(), own_secret }
}

/// Keeps what the service told, and that something may still land there.
fn note(
    worker: &Worker,
    account: &mut Account,
    id: EnrollmentId,
    setback: &Setback,
    now: Timestamp,
) -> Result<(), TransitionError> {
    if setback.id_is_stale {
        account.enrollment_id_forgotten(id)?;
    }
    account.enrollment_identified(id, setback.remote_id.clone())?;
    if setback.unsettled {
        account.enrollment_unsettled(id, now.plus_millis(worker.settle_millis()))?;
    }
    Ok(())
}

fn written(proof: &[Call]) -> String {
    proof.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn of_call(call: Option<&Call>) -> Value {
    call.map_or_else(|| json!({}), Call::details)
}

fn with_reason(mut details: Value, why: &str) -> Value {
    details["reason"] = json!(why);
    details
}

fn broken(error: TransitionError) -> Problem {
    tracing::error!(%error, "an attempt's outcome does not fit the account's state");
    Problem::internal()
}
