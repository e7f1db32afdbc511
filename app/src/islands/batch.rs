//! How far a batch is, as it gets on.

#[cfg(feature = "hydrate")]
use domain::batch::BatchState;
use domain::batch::{Batch, BatchFailure};
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::follow::follow;
use crate::words;

/// The batch's bar, its numbers, and what has failed.
#[island]
pub(crate) fn LiveBatch(batch: Batch) -> impl IntoView {
    let batch = RwSignal::new(batch);
    #[cfg(feature = "hydrate")]
    if batch.with_untracked(|batch| batch.state == BatchState::Running) {
        let address = batch.with_untracked(|batch| format!("/live?batch={}", batch.id));
        follow(&address, "batch", batch, |batch| batch.state);
    }
    let state = move || -> &'static str { batch.with(|batch| batch.state.into()) };
    let failures =
        move || batch.with(|batch| (!batch.failures.is_empty()).then(|| failures(&batch.failures)));
    view! {
        <section class="live">
            <p class="stands">
                <span class="badge" data-state=state>
                    {move || batch.with(|batch| words::batch_state(batch.state))}
                </span>
                <span role="status">{move || batch.with(words::batch_progress)}</span>
            </p>
            <BatchBar batch=batch />
            {failures}
        </section>
    }
}

/// The bar alone; what is done and what is given up both count as past.
#[component]
fn BatchBar(batch: RwSignal<Batch>) -> impl IntoView {
    view! {
        <progress
            aria-label=text!("batch-progress")
            max=move || batch.with(|batch| batch.total.max(1).to_string())
            value=move || batch.with(|batch| (batch.done + batch.failed).to_string())
        ></progress>
    }
}

fn failures(failures: &[BatchFailure]) -> impl IntoView + use<> {
    let rows = failures
        .iter()
        .map(|failure| {
            let reasons = failure
                .reasons
                .iter()
                .map(|(service, reason)| {
                    view! {
                        <li>
                            <b>{service.to_string()}</b>
                            ": "
                            {words::sentence(reason)}
                        </li>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row" data-label=text!("column-account")>
                        <a href=format!("/accounts/{}", failure.account)>{failure.username.clone()}</a>
                    </th>
                    <td data-label=text!("column-reason")>
                        <ul class="reasons">{reasons}</ul>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{text!("batch-failures")}</h2>
        <table class="stacks">
            <caption class="unseen">{text!("batch-failures")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-account")}</th>
                    <th scope="col">{text!("column-reason")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
