//! One batch: how far it is, and what has failed.

use domain::{
    Problem,
    actor::Actor,
    batch::{Batch, BatchKind, BatchState},
    id::BatchId,
    policy,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{Asked, title};
use crate::{
    components::{Decide, ErrorSummary, Notice, NoticeKind, Section, Stamp, Undecided, reason_id, who},
    islands::LiveBatch,
    pages::frame::{Content, LookAgainWithoutScript, RefreshWithoutScript, Visitor, page},
    paths,
    visit::{Deed, Note},
};

/// The page of one batch.
#[component]
pub(crate) fn BatchPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(move |visitor| content(visitor, id))
}

async fn content(visitor: Visitor, id: Option<String>) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, .. } = visitor;
    let id: BatchId = id.and_then(|id| id.parse().ok()).ok_or_else(|| Problem::not_found("batch"))?;
    let note = visit.take_note().await?;
    let batch = portal.show_batch(&caller, id).await?;
    let running = batch.state == BatchState::Running;
    let title = title(&batch);
    let decision = decision(&batch, &caller.actor, note.as_ref());
    let moves_alone = match &decision {
        // Asking for the page anew would empty the form.
        Some(_) => Some(view! { <LookAgainWithoutScript path=paths::batch(id) /> }.into_any()),
        None => running.then(|| view! { <RefreshWithoutScript /> }.into_any()),
    };
    let body = view! {
        {moves_alone}
        <div class="headline">
            <p class="crumb">
                <a href=paths::BATCHES>{text!("batches-title")}</a>
            </p>
            <h1>{title.clone()}</h1>
        </div>
        {note.as_ref().and_then(notice)}
        <LiveBatch batch=batch.clone() />
        {decision}
        <div class="actions">
            {retry(&batch)}
            <a class="button" href=paths::accounts_of_batch(id)>
                {text!("batch-accounts")}
            </a>
        </div>
        <section aria-labelledby="asked">
            <h2 id="asked">{text!("column-asked")}</h2>
            <Asked batch=batch.clone() />
            {origin(batch)}
        </section>
    };
    Ok(Content { title, section: Section::Batches, lively: running, body: body.into_any() })
}

fn notice(note: &Note) -> Option<AnyView> {
    if let Some((to, refused)) = note.refused(&[Deed::RetryBatch, Deed::ApproveBatch, Deed::DenyBatch]) {
        let (fields, id) = (vec![("reason", text!("field-reason"))], Some(reason_id(to)));
        return Some(view! { <ErrorSummary problem=refused.problem fields=fields id=id /> }.into_any());
    }
    let (deed, _) = note.done(&[Deed::RetryBatch, Deed::ApproveBatch, Deed::DenyBatch])?;
    let (kind, said) = if deed == Deed::RetryBatch {
        (NoticeKind::Going, text!("batch-retried"))
    } else if deed == Deed::ApproveBatch {
        (NoticeKind::Done, text!("decide-approved-all"))
    } else {
        (NoticeKind::Done, text!("decide-denied-all"))
    };
    Some(
        view! {
            <Notice kind=kind>
                <p>{said}</p>
            </Notice>
        }
        .into_any(),
    )
}

/// The buttons by which a manager decides on what waits of it.
fn decision(batch: &Batch, actor: &Actor, note: Option<&Note>) -> Option<AnyView> {
    let decides = policy::decides_batch(actor, batch);
    let refused = note.and_then(|note| note.refused(&[Deed::DenyBatch])).map(|(_, refused)| refused);
    let (id, waiting) = (batch.id, batch.waiting);
    decides.then(|| {
        let on = Undecided::Batch { id, waiting };
        view! { <Decide on=on then=paths::batch(id) refused=refused /> }.into_any()
    })
}

/// The button that asks once more for what failed; what is taken away is
/// tried again anyway.
fn retry(batch: &Batch) -> Option<impl IntoView + use<>> {
    let id = batch.id.to_string();
    (batch.kind == BatchKind::Create && batch.failed > 0).then(|| {
        view! {
            <form method="post" action="/actions/retry_batch">
                <input type="hidden" name="batch" value=id />
                <button class="button primary">{text!("batch-retry", count = batch.failed)}</button>
            </form>
        }
    })
}

fn origin(batch: Batch) -> impl IntoView {
    view! {
        <p class="hint">
            {text!("batch-by", who = who(&batch.requested_by))} ", " <Stamp at=batch.created_at />
            {batch.finished_at.map(|at| view! { ". " {text!("batch-finished")} " " <Stamp at=at /> })} "."
        </p>
    }
}
