//! The batches that one sees.

use domain::{
    Problem, Timestamp,
    batch::Batch,
    page::{Page, PageQuery},
};
use leptos::prelude::*;

use super::{Asked, title};
use crate::{
    components::{Ago, Empty, Pagination, Section, who},
    pages::frame::{Content, Query, Visitor, page},
    paths, words,
};

/// The batches, newest first.
#[component]
pub(crate) fn BatchesPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let batches = visitor.portal.list_batches(&visitor.caller, cursor).await?;
    let body = view! {
        <div class="headline">
            <h1>{text!("batches-title")}</h1>
            <p class="lead">{text!("batches-lead")}</p>
        </div>
        {list(batches, visitor.now)}
    };
    Ok(Content {
        title: text!("batches-title"),
        section: Section::Batches,
        lively: false,
        body: body.into_any(),
    })
}

fn list(page: Page<Batch>, now: Timestamp) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <Empty title=text!("batches-empty-title") text=text!("batches-empty-text")>
                <a class="button" href=paths::REQUEST>
                    {text!("batches-request")}
                </a>
                <a class="button" href=paths::CLEAN_UP>
                    {text!("accounts-clean-up")}
                </a>
            </Empty>
        }
        .into_any();
    }
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("batches-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-batch")}</th>
                    <th scope="col">{text!("column-state")}</th>
                    <th scope="col">{text!("column-progress")}</th>
                    <th scope="col">{text!("column-asked")}</th>
                    <th scope="col">{text!("column-who")}</th>
                    <th scope="col">{text!("column-requested")}</th>
                </tr>
            </thead>
            <tbody>{page.items.into_iter().map(|batch| row(batch, now)).collect_view()}</tbody>
        </table>
        <Pagination path=paths::BATCHES.to_owned() next=page.next />
    }
    .into_any()
}

fn row(batch: Batch, now: Timestamp) -> impl IntoView {
    let state: &'static str = batch.state.into();
    view! {
        <tr>
            <th scope="row" data-label=text!("column-batch")>
                <a class="one-line" href=paths::batch(batch.id)>{title(&batch)}</a>
            </th>
            <td data-label=text!("column-state")>
                <span class="badge" data-state=state>
                    {words::batch_state(batch.state)}
                </span>
            </td>
            <td data-label=text!("column-progress")>{words::batch_progress(&batch)}</td>
            <td data-label=text!("column-asked")>
                <Asked batch=batch.clone() />
            </td>
            <td data-label=text!("column-who")>{who(&batch.requested_by)}</td>
            <td data-label=text!("column-requested")>
                <Ago at=batch.created_at now=now />
            </td>
        </tr>
    }
}
