//! Batches: many accounts asked for, or taken away, as one.

mod list;
mod one;

pub(crate) use list::BatchesPage;
pub(crate) use one::BatchPage;

use domain::batch::{Batch, BatchKind};
use leptos::prelude::*;

use crate::components::asked;

/// What a batch does, and to how many accounts.
fn title(batch: &Batch) -> String {
    match batch.kind {
        BatchKind::Create => text!("batch-create", count = batch.total),
        BatchKind::Cleanup => text!("batch-cleanup", count = batch.total),
    }
}

/// What was asked for.
#[component]
fn Asked(batch: Batch) -> impl IntoView {
    let fields = asked(&batch.command)
        .into_iter()
        .map(|(name, value)| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> })
        .collect_view();
    view! { <dl class="details">{fields}</dl> }
}
