//! Taking many accounts away.

use domain::{
    Problem,
    actor::Caller,
    batch::{Batch, BatchKind, CleanUp, CleanUpPreview, Selection},
    command::Wait,
    policy::{self, Visibility},
};
use serde_json::json;

use super::{Handlers, batches, find_service};

pub(super) async fn preview(
    portal: &Handlers,
    by: &Caller,
    which: &CleanUp,
) -> Result<CleanUpPreview, Problem> {
    let selection = select(portal, by, which).await?;
    Ok(portal.store.preview(&selection).await?)
}

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    which: &CleanUp,
    wait: Wait,
) -> Result<Batch, Problem> {
    let selection = select(portal, by, which).await?;
    let mut row = batches::draw_up_batch(portal, by, BatchKind::Cleanup, json!(which));
    let work = portal.store.begin().await?;
    row.kept = work.count_spared(&selection).await?;
    work.insert_batch(&row).await?;
    // What is made from now on is not selected, so it is safe.
    let total = work.insert_selected(row.id, &selection).await?;
    work.commit(batches::started(by, &row, total).into()).await?;
    batches::until_finished(portal, row, wait).await
}

/// What the caller's cleanup meets.
pub(super) async fn select(portal: &Handlers, by: &Caller, which: &CleanUp) -> Result<Selection, Problem> {
    let visible = policy::clean_up(&by.actor)?;
    let mut selection = which.parse()?;
    if let Some(service) = &selection.service
        && find_service::usable(portal, by, service.as_str()).await.is_err()
    {
        return Err(Problem::invalid("/service", "is not a registered service"));
    }
    if which.mine {
        // Two CI jobs with tokens of their own never take away each other's.
        selection.holder = Some(policy::request_account(&by.actor)?);
        selection.token = by.actor.token().map(|token| token.id);
    }
    if let Some(bound) = by.actor.bound() {
        bound.admits(selection.run.as_ref())?;
    }
    let Selection { holder, team, run, .. } = within(visible);
    Ok(Selection { holder: holder.or(selection.holder), run: run.or(selection.run), team, ..selection })
}

/// All that has not ended of what somebody may clean up.
pub(super) fn within(visible: Visibility) -> Selection {
    let all = Selection::default();
    match visible {
        Visibility::Own(login) => Selection { holder: Some(login), ..all },
        Visibility::Run(login, run, _) => Selection { holder: Some(login), run: Some(run), ..all },
        Visibility::Team(team, _) => Selection { team: Some(team), ..all },
        Visibility::All => all,
    }
}
