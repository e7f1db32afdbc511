//! Comparing a service's accounts with the ledger because somebody asks for it.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    drift::{Difference, DriftEntry, DriftKind, DriftState, Found, Sweep},
    service::Capability,
};
use serde_json::json;

use super::{Handlers, find_service};
use crate::{
    directory::Target,
    store::{NewEvent, SweepClaim},
    sweep,
};

pub(super) async fn run(portal: &Handlers, by: &Caller, slug: &str, dry_run: bool) -> Result<Sweep, Problem> {
    let target = sweepable(portal, by, slug).await?;
    if dry_run {
        let found = look(portal, by, &target).await?;
        return preview(portal, &target, found).await;
    }
    let claim = portal.store.claim_sweep(target.service.id, None).await?;
    let claim = claim.ok_or_else(|| {
        let detail = format!("{slug} is being swept at this moment. Look at what it finds, or ask again.");
        Problem::new(ProblemKind::Conflict, detail)
    })?;
    match look_and_record(portal, by, &target, claim).await {
        Ok(entries) => Ok(purged(portal, by, &target, entries).await),
        Err(problem) => {
            portal.store.give_up_sweep(claim, Some(problem.detail.clone())).await?;
            Err(problem)
        }
    }
}

async fn look_and_record(
    portal: &Handlers,
    by: &Caller,
    target: &Target,
    claim: SweepClaim,
) -> Result<Vec<DriftEntry>, Problem> {
    let found = look(portal, by, target).await?;
    let asked = asked(by, target, &found);
    sweep::record(&portal.store, claim, target, &found, by, Some(asked)).await
}

async fn look(portal: &Handlers, by: &Caller, target: &Target) -> Result<Vec<Difference>, Problem> {
    match sweep::look(&portal.store, &portal.world, target).await {
        Ok(found) => Ok(found),
        Err(failure) => Err(failure.noted(&portal.store, target, by, None).await?),
    }
}

/// The same request once more: what it found, as it stands now.
pub(super) async fn again(portal: &Handlers, by: &Caller, slug: &str) -> Result<Sweep, Problem> {
    let target = sweepable(portal, by, slug).await?;
    let entries = portal.store.standing_drift(target.service.id).await?;
    Ok(in_two(entries.into_iter().map(|entry| found(entry, None))))
}

/// The service, if the caller may sweep it and that can be done.
async fn sweepable(portal: &Handlers, by: &Caller, slug: &str) -> Result<Arc<Target>, Problem> {
    let target = find_service::operable(portal, by, slug).await?;
    if target.service.capabilities.contains(&Capability::List) {
        return Ok(target);
    }
    let why = if target.declared.contains(&Capability::List) {
        "its last check found that `list` does not show the account that was there. Mend it, and check again."
    } else {
        "its definition does not say how to list its accounts."
    };
    let detail = format!("{slug} cannot be swept: {why}");
    Err(Problem::new(ProblemKind::Conflict, detail))
}

/// Who asked, and which names are going to be deleted for that.
fn asked(by: &Caller, target: &Target, found: &[Difference]) -> NewEvent {
    let count = |kind| found.iter().filter(|difference| difference.kind == kind).count();
    let ours = found.iter().filter(|found| found.kind == DriftKind::Unknown && found.minted);
    let details = json!({
        "unknown": count(DriftKind::Unknown),
        "missing": count(DriftKind::Missing),
        "deleting": ours.map(|difference| &difference.username).collect::<Vec<_>>(),
    });
    NewEvent::new(Action::ServiceSwept, by)
        .service(&target.service.slug)
        .team(&target.service.team)
        .details(details)
}

/// What was found, after what was minted here and should be gone was deleted.
async fn purged(portal: &Handlers, by: &Caller, target: &Target, entries: Vec<DriftEntry>) -> Sweep {
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        all.push(match purge(portal, by, target, &entry).await {
            Ok(deleted) => found(deleted.unwrap_or(entry), None),
            Err(problem) => found(entry, Some(problem.detail)),
        });
    }
    in_two(all.into_iter())
}

async fn purge(
    portal: &Handlers,
    by: &Caller,
    target: &Target,
    entry: &DriftEntry,
) -> Result<Option<DriftEntry>, Problem> {
    if entry.state != DriftState::Open {
        return Ok(None);
    }
    let Some(ended) = sweep::ended_here(&portal.store, target, entry).await? else { return Ok(None) };
    match sweep::delete(&portal.store, target, by, entry.clone(), ended).await {
        Ok(deleted) => Ok(Some(deleted)),
        Err(failure) => Err(failure.noted(&portal.store, target, by, None).await?),
    }
}

async fn preview(portal: &Handlers, target: &Target, seen: Vec<Difference>) -> Result<Sweep, Problem> {
    let known = portal.store.standing_drift(target.service.id).await?;
    let known: HashMap<(DriftKind, &str), &DriftEntry> =
        known.iter().map(|entry| ((entry.kind, entry.username.as_str()), entry)).collect();
    let now = portal.world.now();
    Ok(in_two(seen.into_iter().map(|difference| {
        let before = known.get(&(difference.kind, difference.username.as_str()));
        let found = Found {
            username: difference.username.clone(),
            remote_id: difference.remote_id,
            account: difference.account,
            minted: difference.minted,
            first_seen: before.map_or(now, |before| before.first_seen),
            sweeps: before.map_or(0, |before| before.sweeps),
            state: before.map_or(DriftState::Open, |before| before.state),
            problem: None,
        };
        (difference.kind, found)
    })))
}

fn found(entry: DriftEntry, problem: Option<String>) -> (DriftKind, Found) {
    let found = Found {
        username: entry.username,
        remote_id: entry.remote_id,
        account: entry.account,
        minted: entry.minted,
        first_seen: entry.first_seen,
        sweeps: entry.sweeps,
        state: entry.state,
        problem,
    };
    (entry.kind, found)
}

fn in_two(all: impl Iterator<Item = (DriftKind, Found)>) -> Sweep {
    let mut sweep = Sweep::default();
    for (kind, found) in all {
        match kind {
            DriftKind::Unknown => sweep.unknown.push(found),
            DriftKind::Missing => sweep.missing.push(found),
        }
    }
    sweep
}
