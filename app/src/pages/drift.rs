//! Where services and the ledger differ.

use domain::{
    Problem, Timestamp,
    drift::{DriftEntry, DriftKind, ListDrift},
    id::DriftId,
    page::{Page, PageQuery},
    policy,
    service::{Capability, Service},
    text::Slug,
};
use leptos::prelude::*;

use crate::{
    components::{Ago, AskFirst, Empty, ErrorSummary, FilterBar, Notice, NoticeKind, Pagination, Section},
    pages::frame::{Content, Query, Visitor, filtered, page, service_filter},
    paths,
    visit::{Deed, Note},
};

/// What is done here.
const DEEDS: [Deed; 4] = [Deed::AdoptDrift, Deed::DeleteDrift, Deed::IgnoreDrift, Deed::SweepService];

/// The drift inbox, filtered by the address, and when services were swept.
#[component]
pub(crate) fn DriftPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let query = Query::now();
    let note = visit.take_note().await?;
    let which = ListDrift { service: query.get("service") };
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let found = filtered(portal.list_drift(&caller, which.clone(), cursor).await)?;
    let mut services = portal.list_services(&caller).await?;
    services.retain(|service| service.capabilities.contains(&Capability::List));
    let operated: Vec<Slug> = services
        .iter()
        .filter(|service| policy::operates(&caller.actor, service))
        .map(|service| service.slug.clone())
        .collect();
    let is_bare = which.service.is_none() && found.as_ref().is_ok_and(|page| page.items.is_empty());
    let (list, problem) = match found {
        Ok(page) => (Some(list(page, &services, &operated, now)), None),
        Err(problem) => (None, Some(problem)),
    };
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS));
    let refused = refused.map(|(_, refused)| {
        view! { <ErrorSummary problem=refused.problem fields=Vec::new() /> }
    });
    let filters = vec![service_filter(which.service, services.clone())];
    let body = view! {
        <div class="headline">
            <h1>{text!("drift-title")}</h1>
            <p class="lead">{text!("drift-lead")}</p>
        </div>
        {refused}
        {note.as_ref().and_then(done)}
        {(!is_bare)
            .then(|| {
                view! {
                    <FilterBar
                        path=paths::DRIFT
                        label=text!("drift-filter-label")
                        filters=filters
                        problem=problem
                    />
                }
            })}
        {list}
        {sweeps(services, &operated, now)}
    };
    Ok(Content { title: text!("drift-title"), section: Section::Drift, lively: false, body: body.into_any() })
}

/// What has just been done.
fn done(note: &Note) -> Option<AnyView> {
    let (deed, to) = note.done(&DEEDS)?;
    let (said, more) = if deed == Deed::AdoptDrift {
        let at = paths::account(to.parse().ok()?);
        let look = view! { " " <a href=at>{text!("decide-look")}</a> };
        (text!("drift-adopted"), Some(look))
    } else if deed == Deed::DeleteDrift {
        (text!("drift-deleted", name = to.to_owned()), None)
    } else if deed == Deed::IgnoreDrift {
        (text!("drift-ignored", name = to.to_owned()), None)
    } else {
        (text!("drift-swept", count = to.parse::<u64>().ok()?), None)
    };
    let notice = view! {
        <Notice kind=NoticeKind::Done>
            <p>{said} {more}</p>
        </Notice>
    };
    Some(notice.into_any())
}

fn list(page: Page<DriftEntry>, services: &[Service], operated: &[Slug], now: Timestamp) -> AnyView {
    if page.items.is_empty() {
        let text = if services.is_empty() { text!("drift-unlisted") } else { text!("drift-empty-text") };
        return view! { <Empty title=text!("drift-empty-title") text=text /> }.into_any();
    }
    let rows = page
        .items
        .into_iter()
        .map(|entry| {
            let service = services.iter().find(|service| service.slug == entry.service);
            let can_reset = service.is_some_and(|service| service.capabilities.contains(&Capability::Reset));
            let acts = operated.contains(&entry.service);
            row(entry, acts, can_reset, now)
        })
        .collect_view();
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("drift-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-account")}</th>
                    <th scope="col">{text!("column-service")}</th>
                    <th scope="col">{text!("column-difference")}</th>
                    <th scope="col">{text!("column-seen-since")}</th>
                    {(!operated.is_empty())
                        .then(|| view! { <th scope="col">{text!("column-decision")}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Pagination path=paths::DRIFT.to_owned() next=page.next />
    }
    .into_any()
}

fn row(entry: DriftEntry, acts: bool, can_reset: bool, now: Timestamp) -> impl IntoView {
    let stands = match (entry.kind, entry.minted) {
        (DriftKind::Missing, _) => text!("drift-missing"),
        (DriftKind::Unknown, true) => text!("drift-came-back"),
        (DriftKind::Unknown, false) => text!("drift-stranger"),
    };
    let decision = acts.then(|| {
        let choices = choices(&entry, can_reset);
        view! { <td data-label=text!("column-decision")>{choices}</td> }
    });
    let name = match entry.account {
        Some(account) => view! { <a href=paths::account(account)>{entry.username}</a> }.into_any(),
        None => entry.username.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="one-line" data-label=text!("column-account")>
                {name}
            </th>
            <td class="one-line" data-label=text!("column-service")>{entry.service.to_string()}</td>
            <td data-label=text!("column-difference")>{stands}</td>
            <td data-label=text!("column-seen-since")>
                <Ago at=entry.first_seen now=now />
                " "
                <span class="quiet">{text!("drift-sweeps", count = entry.sweeps)}</span>
            </td>
            {decision}
        </tr>
    }
}

/// The ways to make it right that there are.
fn choices(entry: &DriftEntry, can_reset: bool) -> impl IntoView + use<> {
    let adopt = match (entry.kind, entry.minted) {
        (DriftKind::Missing, _) => Some([
            text!("drift-create-again-ask"),
            text!("drift-create-again-what"),
            text!("drift-create-again-confirm"),
        ]),
        (DriftKind::Unknown, false) if can_reset => {
            Some([text!("drift-adopt-ask"), text!("drift-adopt-what"), text!("drift-adopt-confirm")])
        }
        (DriftKind::Unknown, _) => None,
    };
    let delete = match (entry.kind, entry.minted) {
        (DriftKind::Missing, _) => {
            Some([text!("drift-give-up-ask"), text!("drift-give-up-what"), text!("drift-give-up-confirm")])
        }
        (DriftKind::Unknown, true) => {
            Some([text!("drift-delete-ask"), text!("drift-delete-what"), text!("drift-delete-confirm")])
        }
        (DriftKind::Unknown, false) => None,
    };
    let id = entry.id;
    view! {
        <div class="deeds">
            {adopt.map(|words| choice("/actions/adopt_drift", id, words, false))}
            {delete.map(|words| choice("/actions/delete_drift", id, words, true))}
            <form method="post" action="/actions/ignore_drift">
                <input type="hidden" name="drift" value=id.to_string() />
                <button class="button">{text!("drift-ignore")}</button>
            </form>
        </div>
    }
}

fn choice(
    action: &'static str,
    id: DriftId,
    [ask, what, confirm]: [String; 3],
    danger: bool,
) -> impl IntoView {
    let sends = vec![("drift", id.to_string())];
    view! {
        <AskFirst ask=ask action=action sends=sends confirm=confirm danger=danger>
            <p>{what}</p>
        </AskFirst>
    }
}

/// When each service was last swept, and how that went.
fn sweeps(services: Vec<Service>, operated: &[Slug], now: Timestamp) -> impl IntoView + use<> {
    let rows: Vec<_> = services
        .into_iter()
        .map(|service| {
            let acts = operated.contains(&service.slug);
            sweep(service, acts, now)
        })
        .collect();
    let acts = !operated.is_empty();
    (!rows.is_empty()).then(|| {
        view! {
            <h2>{text!("drift-sweeps-title")}</h2>
            <table class="stacks">
                <caption class="unseen">{text!("drift-sweeps-title")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text!("column-service")}</th>
                        <th scope="col">{text!("column-swept")}</th>
                        {acts
                            .then(|| {
                                view! {
                                    <th scope="col">
                                        <span class="unseen">{text!("drift-sweep-now")}</span>
                                    </th>
                                }
                            })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}

fn sweep(service: Service, acts: bool, now: Timestamp) -> impl IntoView {
    let last = service.last_sweep;
    let swept = last.as_ref().and_then(|last| last.swept_at);
    let swept = match swept {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => text!("drift-never-swept").into_any(),
    };
    let problem = last.and_then(|last| last.problem);
    let problem = problem.map(|problem| {
        view! { <p class="terms warn">{text!("drift-sweep-failed", problem = problem)}</p> }
    });
    let slug = service.slug.to_string();
    let now_form = acts.then(|| {
        view! {
            <td>
                <form method="post" action="/actions/sweep_service">
                    <input type="hidden" name="service" value=slug.clone() />
                    <button class="button small">{text!("drift-sweep-now")}</button>
                </form>
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label=text!("column-service")>
                {service.name.to_string()} " " <code class="quiet">{slug}</code>
            </th>
            <td data-label=text!("column-swept")>{swept} {problem}</td>
            {now_form}
        </tr>
    }
}
