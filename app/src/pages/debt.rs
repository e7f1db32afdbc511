//! What should be gone and is not.

use domain::{
    Problem, Timestamp,
    actor::Actor,
    page::{Page, PageQuery},
    policy,
    upkeep::{Debt, ListDebt},
};
use leptos::prelude::*;

use crate::{
    components::{Ago, Empty, ErrorSummary, FilterBar, Notice, NoticeKind, Pagination, Section},
    islands::TryNow,
    pages::frame::{Content, Query, Visitor, filtered, page, service_filter},
    paths,
    visit::{Deed, Note},
    words,
};

/// The cleanup debt, filtered by the address.
#[component]
pub(crate) fn DebtPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let query = Query::now();
    let note = visit.take_note().await?;
    let which = ListDebt { service: query.get("service") };
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let services = portal.list_services(&caller).await?;
    let found = filtered(portal.list_debt(&caller, which.clone(), cursor).await)?;
    let try_all = match &found {
        Ok(page)
            if page.items.iter().any(|debt| policy::controls(&caller.actor, &debt.holder, &debt.team)) =>
        {
            Some(try_all(which.service.clone()))
        }
        Ok(_) | Err(_) => None,
    };
    let filters = vec![service_filter(which.service.clone(), services)];
    let is_bare = which.service.is_none() && found.as_ref().is_ok_and(|page| page.items.is_empty());
    let (list, problem) = match found {
        Ok(page) => (Some(list(page, &caller.actor, now)), None),
        Err(problem) => (None, Some(problem)),
    };
    let refused = note.as_ref().and_then(|note| note.refused(&[Deed::RetryRemoval, Deed::RetryRemovals]));
    let refused = refused.map(|(_, refused)| {
        view! { <ErrorSummary problem=refused.problem fields=Vec::new() /> }
    });
    let again = paths::with_query(paths::DEBT, &[("service", which.service.as_deref())]);
    let trying = note.as_ref().and_then(trying).map(|said| {
        view! {
            <Notice kind=NoticeKind::Going>
                <p>{said} " " <a href=again>{text!("look-again")}</a></p>
            </Notice>
        }
    });
    let body = view! {
        <div class="headline">
            <h1>{text!("debt-title")}</h1>
            <p class="lead">{text!("debt-lead")}</p>
        </div>
        {refused}
        {trying}
        {(!is_bare)
            .then(|| {
                view! {
                    <FilterBar
                        path=paths::DEBT
                        label=text!("debt-filter-label")
                        filters=filters
                        problem=problem
                    />
                }
            })}
        {try_all}
        {list}
    };
    Ok(Content { title: text!("debt-title"), section: Section::Debt, lively: false, body: body.into_any() })
}

/// What is being tried, after a button said so.
fn trying(note: &Note) -> Option<String> {
    let (deed, to) = note.done(&[Deed::RetryRemoval, Deed::RetryRemovals])?;
    if deed == Deed::RetryRemoval {
        return Some(text!("debt-trying"));
    }
    let count: u64 = to.parse().ok()?;
    Some(text!("debt-tried-all", count = count))
}

fn try_all(service: Option<String>) -> impl IntoView {
    view! {
        <form class="actions" method="post" action="/actions/retry_removals">
            <input type="hidden" name="service" value=service.unwrap_or_default() />
            <button class="button">{text!("debt-try-all")}</button>
        </form>
    }
}

fn list(page: Page<Debt>, actor: &Actor, now: Timestamp) -> impl IntoView + use<> {
    if page.items.is_empty() {
        return view! { <Empty title=text!("debt-empty-title") text=text!("debt-empty-text") /> }.into_any();
    }
    let rows = page
        .items
        .into_iter()
        .map(|debt| {
            let controls = policy::controls(actor, &debt.holder, &debt.team);
            row(debt, controls, now)
        })
        .collect_view();
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("debt-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-account")}</th>
                    <th scope="col">{text!("column-service")}</th>
                    <th scope="col">{text!("column-holder")}</th>
                    <th scope="col">{text!("column-owed-since")}</th>
                    <th scope="col">{text!("column-reason")}</th>
                    <th scope="col">{text!("column-next-attempt")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Pagination path=paths::DEBT.to_owned() next=page.next />
    }
    .into_any()
}

fn row(debt: Debt, controls: bool, now: Timestamp) -> impl IntoView {
    let reason = debt.reason.map(|reason| words::sentence(&reason));
    let next = debt.next_attempt_at.map(|next| words::next_attempt(debt.attempts, next, now));
    let try_now = controls.then(|| {
        view! { <TryNow enrollment=debt.enrollment.to_string() then=paths::DEBT.to_owned() /> }
    });
    view! {
        <tr>
            <th scope="row" data-label=text!("column-account")>
                <a href=paths::account(debt.account)>{debt.username}</a>
            </th>
            <td data-label=text!("column-service")>{debt.service.to_string()}</td>
            <td data-label=text!("column-holder")>{debt.holder.to_string()}</td>
            <td data-label=text!("column-owed-since")>
                <Ago at=debt.since now=now />
            </td>
            <td data-label=text!("column-reason")>
                {reason.unwrap_or_else(|| text!("debt-no-attempt"))}
            </td>
            <td data-label=text!("column-next-attempt")>
                {next} {try_now}
            </td>
        </tr>
    }
}
