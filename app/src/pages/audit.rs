//! Who did what, when.

use domain::{
    Problem, Timestamp,
    audit::{Action, Event, ListEvents, Tenure},
    command::ListAccounts,
    id::AccountId,
    page::{Page, PageQuery},
    service::Service,
};
use leptos::prelude::*;
use strum::IntoEnumIterator;

use crate::{
    components::{
        Choice, Details, Empty, Filter, FilterBar, Holders, Pagination, Section, Stamp, action_name,
        batch_of, deed, who,
    },
    pages::frame::{Content, Query, Visitor, filtered, page, service_filter},
    paths,
};

/// The audit, filtered by the address.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let query = Query::now();
    let typed = ListEvents {
        actor: query.get("actor"),
        action: query.get("action"),
        account: query.get("account"),
        service: query.get("service"),
        from: query.get("from"),
        to: query.get("to"),
        subject: query.get("subject"),
        run: query.get("run"),
        q: query.get("q"),
    };
    let day = query.get("on");
    let on = day.as_deref().and_then(|day| Some((day, whole_day(day)?)));
    let (from, to) = match on {
        Some((_, (from, to))) => (Some(from.to_string()), Some(to.to_string())),
        None => (typed.from.as_deref().map(in_utc), typed.to.as_deref().map(in_utc)),
    };
    let which = ListEvents { from, to, ..typed.clone() };
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let copies = copies(&which);
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let found = filtered(visitor.portal.list_events(&visitor.caller, which, cursor).await)?;
    let holders = holders(&visitor, &typed, on).await;
    let filters = filters(typed, day, services);
    let (list, problem) = match found {
        Ok(page) => (Some(view! { {list(page)} {copies} }), None),
        Err(problem) => (None, Some(problem)),
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("audit-title")}</h1>
            <p class="lead">{text!("audit-lead")}</p>
        </div>
        <FilterBar path=paths::AUDIT label=text!("audit-filter-label") filters=filters problem=problem />
        {holders}
        {list}
    };
    Ok(Content { title: text!("audit-title"), section: Section::Audit, lively: false, body: body.into_any() })
}

/// A time as browsers send it, which know no zone, in the audit's.
fn in_utc(typed: &str) -> String {
    match typed.len() {
        // 2026-01-31T09:30
        16 => format!("{typed}:00Z"),
        // 2026-01-31T09:30:00
        19 => format!("{typed}Z"),
        _ => typed.to_owned(),
    }
}

/// A day as browsers send it, in the audit's zone: from its beginning to its end.
fn whole_day(typed: &str) -> Option<(Timestamp, Timestamp)> {
    const DAY: i64 = 24 * 3_600 * 1_000;
    let from = format!("{typed}T00:00:00Z").parse::<Timestamp>().ok()?;
    Some((from, from.plus_millis(DAY)))
}

/// Who had the account that is asked for; on that day, where one is.
async fn holders(
    visitor: &Visitor,
    which: &ListEvents,
    on: Option<(&str, (Timestamp, Timestamp))>,
) -> Option<AnyView> {
    let account = which.account.as_deref()?;
    let id = match account.parse::<AccountId>() {
        Ok(id) => id,
        Err(_) => {
            let named = ListAccounts { q: Some(account.to_owned()), ..ListAccounts::default() };
            let found =
                visitor.portal.list_accounts(&visitor.caller, named, PageQuery::default()).await.ok()?;
            found.items.into_iter().find(|found| found.username == account)?.id
        }
    };
    let tenures = visitor.portal.account_holders(&visitor.caller, id).await.ok()?;
    let is_asked_for = |tenure: &Tenure| {
        on.is_none_or(|(_, (from, to))| tenure.from < to && tenure.until.is_none_or(|until| until > from))
    };
    let tenures: Vec<Tenure> = tenures.into_iter().filter(is_asked_for).collect();
    let title = match on {
        Some((day, _)) => text!("holders-on", account = account.to_owned(), day = day.to_owned()),
        None => text!("holders-of", account = account.to_owned()),
    };
    Some(
        view! {
            <section class="card" aria-labelledby="holders">
                <h2 id="holders">{title}</h2>
                <Holders tenures=tenures />
                <p class="aside">
                    <a href=paths::account(id)>{text!("holders-account")}</a>
                </p>
            </section>
        }
        .into_any(),
    )
}

fn filters(which: ListEvents, day: Option<String>, services: Vec<Service>) -> Vec<Filter> {
    let actions = Action::iter()
        .map(|action| Choice { value: action.to_string(), label: action_name(action) })
        .collect();
    let always = [
        Filter::name("actor", text!("field-actor"), which.actor).example(text!("field-login")),
        Filter::choice("action", text!("field-action"), which.action, text!("any-action"), actions),
        Filter::name("account", text!("field-account"), which.account).example(text!("field-account-hint")),
        service_filter(which.service, services),
        Filter::search("q", text!("field-words"), which.q),
        Filter::day("on", text!("field-day"), day),
        Filter::time("from", text!("field-from"), which.from),
        Filter::time("to", text!("field-to"), which.to),
    ];
    let sometimes = [
        Filter::name("subject", text!("field-subject"), which.subject).if_given(),
        Filter::name("run", text!("account-run"), which.run).if_given(),
    ];
    always.into_iter().chain(sometimes.into_iter().flatten()).collect()
}

/// Where these events can be had as a file, all pages of them.
fn copies(which: &ListEvents) -> impl IntoView + use<> {
    let copy = |format: &str| {
        let ListEvents { actor, action, subject, account, service, run, from, to, q } = which;
        let fields = [
            ("format", Some(format)),
            ("actor", actor.as_deref()),
            ("action", action.as_deref()),
            ("subject", subject.as_deref()),
            ("account", account.as_deref()),
            ("service", service.as_deref()),
            ("run", run.as_deref()),
            ("from", from.as_deref()),
            ("to", to.as_deref()),
            ("q", q.as_deref()),
        ];
        paths::with_query(paths::AUDIT_EXPORT, &fields)
    };
    view! {
        <p class="aside copies">
            {text!("audit-copy")} ": " <a href=copy("csv")>{text!("audit-copy-csv")}</a> ", "
            <a href=copy("ndjson")>{text!("audit-copy-ndjson")}</a>
        </p>
    }
}

fn list(page: Page<Event>) -> impl IntoView {
    if page.items.is_empty() {
        return view! { <Empty title=text!("audit-empty-title") text=text!("audit-empty-text") /> }
            .into_any();
    }
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("audit-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-when")}</th>
                    <th scope="col">{text!("column-who")}</th>
                    <th scope="col">{text!("column-what")}</th>
                    <th scope="col">{text!("column-account")}</th>
                    <th scope="col">{text!("column-details")}</th>
                </tr>
            </thead>
            <tbody>{page.items.into_iter().map(row).collect_view()}</tbody>
        </table>
        <Pagination path=paths::AUDIT.to_owned() next=page.next />
    }
    .into_any()
}

fn row(event: Event) -> impl IntoView {
    let action: &'static str = event.action.into();
    let account = event.account.map(|id| {
        let name = event.username.clone().unwrap_or_else(|| id.to_string());
        view! { <a href=paths::account(id)>{name}</a> }
    });
    let batch = batch_of(&event)
        .map(|id| view! { <p class="aside"><a href=paths::batch(id)>{text!("event-batch")}</a></p> });
    view! {
        <tr data-action=action>
            <td data-label=text!("column-when")>
                <Stamp at=event.at bare=true />
            </td>
            <td data-label=text!("column-who")>{who(&event.actor)}</td>
            <th scope="row" data-label=text!("column-what")>
                {deed(&event)}
            </th>
            <td data-label=text!("column-account")>{account}</td>
            <td data-label=text!("column-details")>
                {batch} <Details action=event.action details=event.details />
                {event.run.map(|run| view! { <p class="aside">{text!("event-run", run = run)}</p> })}
                {event
                    .request_id
                    .map(|id| view! { <p class="aside">{text!("event-request", id = id)}</p> })}
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_browsers_send_are_in_utc() {
        assert_eq!(in_utc("2026-01-31T09:30"), "2026-01-31T09:30:00Z");
        assert_eq!(in_utc("2026-01-31T09:30:15"), "2026-01-31T09:30:15Z");
        assert_eq!(in_utc("2026-01-31T09:30:15+01:00"), "2026-01-31T09:30:15+01:00");
        assert_eq!(in_utc("yesterday"), "yesterday");
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight() {
        let (from, to) = whole_day("2026-01-31").unwrap();
        assert_eq!(from.to_string(), "2026-01-31T00:00:00.000Z");
        assert_eq!(to.to_string(), "2026-02-01T00:00:00.000Z");
        assert!(whole_day("2026-02-30").is_none() && whole_day("today").is_none());
    }
}
