//! Where services and the ledger differ: looking at it, making it right there,
//! and leaving it.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    command::Wait,
    drift::{DriftEntry, DriftKind, DriftState, ListDrift},
    id::{AccountId, DriftId},
    page::{Page, PageQuery},
    policy,
};
use serde_json::json;

use super::{Handlers, find_service, revoke_account, waiting};
use crate::{
    store::{Events, UnitOfWork},
    sweep,
};

pub(super) async fn list(
    portal: &Handlers,
    by: &Caller,
    which: &ListDrift,
    page: &PageQuery,
) -> Result<Page<DriftEntry>, Problem> {
    policy::read_drift(&by.actor)?;
    let service = which.parse()?;
    let page = page.parse()?;
    let used = find_service::used(portal, by).await?;
    let services: Vec<_> = used.iter().map(|target| target.service.id).collect();
    Ok(portal.store.drift(&policy::visibility(&by.actor), &services, service.as_ref(), page).await?)
}

pub(super) async fn ignore(portal: &Handlers, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
    operable(portal, by, id).await?;
    let work = portal.store.begin().await?;
    let entry = DriftEntry { state: DriftState::Ignored, ..take(&work, id).await? };
    work.save_drift(&entry).await?;
    work.commit(sweep::event(Action::DriftIgnored, by, &entry, json!({})).into()).await?;
    Ok(entry)
}

pub(super) async fn delete(
    portal: &Handlers,
    by: &Caller,
    id: DriftId,
    wait: Wait,
) -> Result<DriftEntry, Problem> {
    let entry = undecided(Some(operable(portal, by, id).await?))?;
    match (entry.kind, entry.account) {
        (DriftKind::Missing, Some(account)) => give_up(portal, by, id, account, wait).await,
        (DriftKind::Missing | DriftKind::Unknown, _) => delete_there(portal, by, entry).await,
    }
}

/// Accepts that an account is gone: its removal proves it.
async fn give_up(
    portal: &Handlers,
    by: &Caller,
    id: DriftId,
    account: AccountId,
    wait: Wait,
) -> Result<DriftEntry, Problem> {
    policy::write_accounts(&by.actor)?;
    let changes = portal.store.changes();
    let work = portal.store.begin().await?;
    let entry = DriftEntry { state: DriftState::Deleted, ..take(&work, id).await? };
    let (account, events) = revoke_account::take_away(portal, by, &work, account).await?;
    work.save_drift(&entry).await?;
    let deleted = sweep::event(Action::DriftDeleted, by, &entry, json!({})).account(&account);
    work.commit(Events::from(deleted).and(events)).await?;
    waiting::until(portal, changes, account, wait, |account| account.state.is_final()).await?;
    Ok(entry)
}

/// Deletes from its service what ended here, and never anything else.
async fn delete_there(portal: &Handlers, by: &Caller, entry: DriftEntry) -> Result<DriftEntry, Problem> {
    let (service, username) = (&entry.service, &entry.username);
    let target = portal.directory.by_slug(service.as_str()).await?;
    let target = target.ok_or_else(|| Problem::not_found("service"))?;
    let Some(ended) = sweep::ended_here(&portal.store, &target, &entry).await? else {
        let detail = format!(
            "{username} was not minted here for {service}, and the portal deletes nothing else. Whoever it \
             belongs to has to delete it on {service} itself."
        );
        return Err(Problem::new(ProblemKind::Conflict, detail));
    };
    match sweep::delete(&portal.store, &target, by, entry, ended).await {
        Ok(entry) => Ok(entry),
        Err(failure) => Err(failure.noted(&portal.store, &target, by, None).await?),
    }
}

/// The same request once more: what became of it.
pub(super) async fn again(portal: &Handlers, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
    operable(portal, by, id).await
}

/// The entry, if the caller may operate its service.
pub(super) async fn operable(portal: &Handlers, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
    policy::operate_services(&by.actor)?;
    let entry = portal.store.drift_entry(id).await?.ok_or_else(not_found)?;
    let operable = find_service::operable(portal, by, entry.service.as_str()).await;
    operable.map_err(|problem| if problem.kind == ProblemKind::NotFound { not_found() } else { problem })?;
    Ok(entry)
}

/// The entry with that id, in hand for a decision.
pub(super) async fn take(work: &UnitOfWork, id: DriftId) -> Result<DriftEntry, Problem> {
    undecided(work.drift_entry(id).await?)
}

/// The entry, if there is one that was shown, and it can be decided on.
fn undecided(entry: Option<DriftEntry>) -> Result<DriftEntry, Problem> {
    let is_shown = |entry: &DriftEntry| entry.sweeps >= DriftEntry::SHOWN_AFTER;
    let entry = entry.filter(is_shown).ok_or_else(not_found)?;
    let why = match entry.state {
        DriftState::Open | DriftState::Ignored => return Ok(entry),
        DriftState::Adopted => "It was adopted already.",
        DriftState::Deleted => "It was deleted already.",
        DriftState::Resolved => "It is no more: a later sweep did not find it.",
    };
    Err(Problem::new(ProblemKind::Conflict, why))
}

fn not_found() -> Problem {
    Problem::not_found("drift")
}
