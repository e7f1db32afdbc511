//! One attempt on one service: call it, then commit what came of it.

use domain::{
    Account, AccountState, EndReason, Enrollment, EnrollmentState, Problem, Timestamp,
    account::TransitionError, audit::Action,
};
use serde_json::{Value, json};

use super::{Worker, backoff, outcome::Outcome, provision, remove};
use crate::{
    connectors::{Call, Identity},
    directory::Target,
    store::{Claim, Events, NewEvent},
    usernames,
};

/// How long a creation is tried for, from the request on.
const PROVISION_WITHIN_MILLIS: i64 = 10 * 60 * 1_000;

/// Makes the attempt that the claim is for.
pub(super) async fn make(worker: &Worker, claim: &Claim) -> Result<(), Problem> {
    let enrollment = claim.account.enrollment(claim.enrollment).map_err(broken)?;
    let outcome = match worker.directory.by_id(enrollment.service_id).await? {
        Some(target) => call(worker, &claim.account, enrollment, &target).await?,
        None => Outcome::Postponed {
            why: "The service is not registered any more; an operator has to register it again.".to_owned(),
            call: None,
            asked_for: None,
            remote_id: None,
        },
    };
    settle(worker, claim, outcome).await
}

async fn call(
    worker: &Worker,
    account: &Account,
    enrollment: &Enrollment,
    target: &Target,
) -> Result<Outcome, Problem> {
    let password = worker.store.password(account.id, &worker.keyring).await?;
    let who = Identity {
        account_id: account.id,
        username: enrollment.username.clone(),
        email: account.email.clone(),
        password: password.ok_or_else(Problem::internal)?,
        attributes: account.attributes.clone(),
        remote_id: enrollment.remote_id.clone(),
    };
    Ok(match enrollment.state {
        EnrollmentState::Pending | EnrollmentState::Creating => {
            provision::call(target.connector.as_ref(), &who, enrollment.attempts).await
        }
        EnrollmentState::Removing => remove::call(target.connector.as_ref(), &who).await,
        EnrollmentState::Active | EnrollmentState::Removed => return Err(Problem::internal()),
    })
}

/// Commits what came of the attempt, unless somebody took the work over.
async fn settle(worker: &Worker, claim: &Claim, outcome: Outcome) -> Result<(), Problem> {
    let work = worker.store.begin().await?;
    let Some(mut account) = work.account(claim.account.id).await? else { return Err(Problem::internal()) };
    work.release(claim).await?;
    let before = account.state;
    let now = worker.world.now();
    let event = apply(worker, claim, &mut account, outcome, now).map_err(broken)?;
    work.save_account(&mut account).await?;
    let by = worker.system();
    // That one service gave up takes the account from the others too.
    let failing = before == AccountState::Provisioning && account.end_reason == Some(EndReason::Failed);
    let failing = failing.then(|| {
        let reason = json!({ "reason": EndReason::Failed });
        NewEvent::new(Action::AccountRevoking, &by).account(&account).details(reason)
    });
    let arrival = NewEvent::of_arrival(before, &account, &by);
    work.commit(Events::from(event).with(failing).with(arrival)).await?;
    Ok(())
}

fn apply(
    worker: &Worker,
    claim: &Claim,
    account: &mut Account,
    outcome: Outcome,
    now: Timestamp,
) -> Result<NewEvent, TransitionError> {
    let id = claim.enrollment;
    let enrollment = account.enrollment(id)?.clone();
    let (action, mut details) = match outcome {
        Outcome::Created { remote_id, call } => {
            account.enrollment_created(id, remote_id, now)?;
            (Action::EnrollmentCreated, of_call(Some(&call)))
        }
        Outcome::Removed { call } => {
            account.enrollment_removed(id, call.to_string(), now)?;
            (Action::EnrollmentRemoved, of_call(Some(&call)))
        }
        // A name that is a stranger's, of an account that is to go: there is
        // nothing of ours to remove, and the stranger's stays.
        Outcome::Taken { call } if enrollment.state == EnrollmentState::Removing => {
            account.enrollment_removed(id, format!("{call}; it belongs to somebody else"), now)?;
            (Action::EnrollmentRemoved, of_call(Some(&call)))
        }
        Outcome::Taken { call } => {
            let username = usernames::mint_like(&worker.world, &enrollment.username);
            let email = usernames::email(&username, &worker.email_domain);
            account.enrollment_renamed(id, username.clone(), email, now)?;
            let mut details = of_call(Some(&call));
            details["taken"] = json!(enrollment.username);
            details["username"] = json!(username);
            (Action::EnrollmentRenamed, details)
        }
        Outcome::NothingSent { why } => {
            account.enrollment_unsent(id, why.clone(), now)?;
            (Action::EnrollmentGivenUp, with_reason(of_call(None), why))
        }
        Outcome::GivenUp { why, call, remote_id } => {
            account.enrollment_identified(id, remote_id)?;
            account.enrollment_given_up(id, why.clone(), now)?;
            (Action::EnrollmentGivenUp, with_reason(of_call(call.as_ref()), why))
        }
        Outcome::Postponed { why, call, remote_id, .. } if too_late(account, now) => {
            account.enrollment_identified(id, remote_id)?;
            account.enrollment_given_up(id, why.clone(), now)?;
            (Action::EnrollmentGivenUp, with_reason(of_call(call.as_ref()), why))
        }
        Outcome::Postponed { why, call, asked_for, remote_id } => {
            account.enrollment_identified(id, remote_id)?;
            let wait = backoff::millis(enrollment.attempts, asked_for, &mut worker.world.rng());
            account.enrollment_postponed(id, why.clone(), now.plus_millis(wait))?;
            let mut details = with_reason(of_call(call.as_ref()), why);
            details["next_attempt_at"] = json!(now.plus_millis(wait));
            (Action::EnrollmentPostponed, details)
        }
    };
    details["attempt"] = json!(enrollment.attempts);
    Ok(NewEvent::new(action, &worker.system()).account(account).service(&enrollment.service).details(details))
}

fn too_late(account: &Account, now: Timestamp) -> bool {
    account.state == AccountState::Provisioning
        && now.millis_since(account.created_at) > PROVISION_WITHIN_MILLIS
}

fn of_call(call: Option<&Call>) -> Value {
    match call {
        Some(call) => json!({
            "call": call.what,
            "status": call.status,
            "finding": call.finding,
            "took_ms": call.took.as_millis() as u64,
        }),
        None => json!({}),
    }
}

fn with_reason(mut details: Value, why: String) -> Value {
    details["reason"] = json!(why);
    details
}

fn broken(error: TransitionError) -> Problem {
    tracing::error!(%error, "an attempt's outcome does not fit the account's state");
    Problem::internal()
}
