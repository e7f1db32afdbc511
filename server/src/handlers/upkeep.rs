//! Cleanup debt, runs that are kept, and the clock by which leases end.

use domain::{
    Account, Enrollment, EnrollmentState, Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    batch::{CleanUp, Selection},
    id::EnrollmentId,
    page::{Page, PageQuery},
    policy,
    text::RunName,
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};
use serde_json::json;

use super::{Handlers, clean_up, conflict, show_account};
use crate::store::{Events, NewEvent};

pub(super) async fn list_debt(
    portal: &Handlers,
    by: &Caller,
    which: &ListDebt,
    page: &PageQuery,
) -> Result<Page<Debt>, Problem> {
    policy::read_accounts(&by.actor)?;
    let service = which.parse()?;
    let page = page.parse()?;
    Ok(portal.store.debt(&policy::visibility(&by.actor), service.as_ref(), page).await?)
}

pub(super) async fn retry_removal(portal: &Handlers, by: &Caller, id: EnrollmentId) -> Result<Debt, Problem> {
    policy::write_accounts(&by.actor)?;
    let not_found = || Problem::not_found("enrollment");
    let account = portal.store.account_of_enrollment(id).await?.ok_or_else(not_found)?;
    let work = portal.store.begin().await?;
    let mut account = show_account::take(&work, by, account).await.map_err(|_| not_found())?;
    policy::control_account(&by.actor, &account)?;
    account.enrollment_hurried(id, portal.world.now()).map_err(conflict)?;
    work.save_account(&mut account).await?;
    let debt = debt(&account, id)?;
    let hurried = NewEvent::new(Action::EnrollmentHurried, by).account(&account).service(&debt.service);
    work.commit(hurried.into()).await?;
    Ok(debt)
}

pub(super) async fn retry_removals(
    portal: &Handlers,
    by: &Caller,
    which: &ListDebt,
) -> Result<Hurried, Problem> {
    let visible = policy::clean_up(&by.actor)?;
    let service = which.parse()?;
    let selection = Selection { service: service.clone(), ..clean_up::within(visible) };
    let put_off = portal.store.put_off(&selection, Hurried::MOST).await?;
    let work = portal.store.begin().await?;
    let now = portal.world.now();
    let mut hurried = Vec::new();
    for mut account in work.accounts(put_off).await? {
        let waits = |leg: &&Enrollment| {
            let is_meant = service.as_ref().is_none_or(|service| leg.service == *service);
            is_meant && leg.state == EnrollmentState::Removing && leg.next_attempt_at > Some(now)
        };
        let legs: Vec<_> = account.enrollments.iter().filter(waits).cloned().collect();
        for leg in &legs {
            account.enrollment_hurried(leg.id, now).map_err(conflict)?;
            hurried
                .push(NewEvent::new(Action::EnrollmentHurried, by).account(&account).service(&leg.service));
        }
        if !legs.is_empty() {
            work.save_account(&mut account).await?;
        }
    }
    let count = hurried.len() as u64;
    if let Some(events) = Events::all(hurried) {
        work.commit(events).await?;
    }
    Ok(Hurried { hurried: count })
}

/// The same request once more: nothing is hurried again.
pub(super) async fn hurried_before(
    portal: &Handlers,
    by: &Caller,
    id: EnrollmentId,
) -> Result<Debt, Problem> {
    policy::write_accounts(&by.actor)?;
    let not_found = || Problem::not_found("enrollment");
    let account = portal.store.account_of_enrollment(id).await?.ok_or_else(not_found)?;
    let account = show_account::seen_by(by, portal.store.account(account).await?);
    debt(&account.map_err(|_| not_found())?, id)
}

fn debt(account: &Account, id: EnrollmentId) -> Result<Debt, Problem> {
    let enrollment = account.enrollment(id).map_err(conflict)?.clone();
    Ok(Debt {
        enrollment: id,
        account: account.id,
        username: enrollment.username,
        service: enrollment.service,
        holder: account.holder.clone(),
        team: account.team.clone(),
        reason: enrollment.last_error,
        since: enrollment.removing_since.unwrap_or(account.created_at),
        attempts: enrollment.attempts,
        next_attempt_at: enrollment.next_attempt_at,
    })
}

pub(super) async fn keep_run(
    portal: &Handlers,
    by: &Caller,
    run: &str,
    command: &KeepRun,
) -> Result<Run, Problem> {
    policy::write_accounts(&by.actor)?;
    let not_found = || Problem::not_found("run");
    let run: RunName = run.parse().map_err(|_| not_found())?;
    if !portal.store.sees_run(&policy::visibility(&by.actor), &run).await? {
        return Err(not_found());
    }
    let kept = command.parse()?;
    let keep_until = portal.world.now().plus(kept);
    let which = CleanUp { run: Some(run.to_string()), ..CleanUp::default() };
    let selection = clean_up::select(portal, by, &which).await?;
    let work = portal.store.begin().await?;
    let kept = work.keep_selected(&selection, keep_until).await?;
    if kept.is_empty() {
        let detail = "No account of this run is left that you could keep.";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let accounts = kept.len() as u64;
    let details = json!({ "keep_until": keep_until, "accounts": accounts });
    let of_run = NewEvent::new(Action::RunKept, by).run(&run).details(details);
    let of_account = |account: &Account| {
        let details = json!({ "keep_until": keep_until });
        NewEvent::new(Action::AccountKept, by).account(account).details(details)
    };
    work.commit(Events::from(of_run).with(kept.iter().map(of_account))).await?;
    Ok(Run { run, keep_until, accounts })
}

pub(super) async fn expiry_pause(portal: &Handlers, by: &Caller) -> Result<Option<ExpiryPause>, Problem> {
    policy::read_accounts(&by.actor)?;
    let pause = portal.store.expiry_pause().await?;
    Ok(pause.filter(|pause| pause.holds_at(portal.world.now())))
}

pub(super) async fn resume_expiry(portal: &Handlers, by: &Caller) -> Result<(), Problem> {
    policy::resume_expiry(&by.actor)?;
    let work = portal.store.begin().await?;
    if work.end_expiry_pause().await? {
        work.commit(NewEvent::new(Action::ExpiryResumed, by).repeatable().into()).await?;
    }
    Ok(())
}
