//! Who did what, when.

use domain::{
    Problem,
    audit::{Action, Event, ListEvents},
    page::{Page, PageQuery},
};
use leptos::prelude::*;
use strum::IntoEnumIterator;

use crate::{
    components::{
        Choice, Details, Empty, ErrorSummary, Field, FieldErrors, FieldKind, FilterBar, Pagination, Section,
        Select, Stamp, action_name, deed, who,
    },
    pages::frame::{Content, Query, Visitor, filtered, page},
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
    };
    let which = ListEvents {
        from: typed.from.as_deref().map(in_utc),
        to: typed.to.as_deref().map(in_utc),
        ..typed.clone()
    };
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let found = filtered(visitor.portal.list_events(&visitor.caller, which, cursor).await)?;
    let errors = found.as_ref().err().map(FieldErrors::of).unwrap_or_default();
    let filters = filters(typed, errors);
    let list = match found {
        Ok(page) => list(page).into_any(),
        Err(problem) => view! { <ErrorSummary problem=problem fields=field_labels() /> }.into_any(),
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("audit-title")}</h1>
            <p class="lead">{text!("audit-lead")}</p>
        </div>
        {filters}
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

fn field_labels() -> Vec<(&'static str, String)> {
    vec![
        ("actor", text!("field-actor")),
        ("action", text!("field-action")),
        ("account", text!("field-account")),
        ("service", text!("field-service")),
        ("from", text!("field-from")),
        ("to", text!("field-to")),
    ]
}

fn filters(which: ListEvents, errors: FieldErrors) -> impl IntoView {
    let fields = [&which.actor, &which.action, &which.account, &which.service, &which.from, &which.to];
    let filtered = fields.into_iter().any(Option::is_some) || which.subject.is_some() || which.run.is_some();
    let actions = Action::iter()
        .map(|action| Choice { value: action.to_string(), label: action_name(action) })
        .collect();
    view! {
        <FilterBar path=paths::AUDIT label=text!("audit-filter-label") filtered=filtered>
            <Field
                name="actor"
                label=text!("field-actor")
                placeholder=text!("field-actor-hint")
                value=which.actor.unwrap_or_default()
                error=errors.on("actor")
                verbatim=true
            />
            <Select
                name="action"
                label=text!("field-action")
                none=text!("audit-any-action")
                choices=actions
                value=which.action.unwrap_or_default()
                error=errors.on("action")
            />
            <Field
                name="account"
                label=text!("field-account")
                placeholder=text!("field-account-hint")
                value=which.account.unwrap_or_default()
                error=errors.on("account")
                verbatim=true
            />
            <Field
                name="service"
                label=text!("field-service")
                value=which.service.unwrap_or_default()
                error=errors.on("service")
                verbatim=true
            />
            <Field
                name="from"
                label=text!("field-from")
                kind=FieldKind::DateTime
                value=which.from.unwrap_or_default()
                error=errors.on("from")
            />
            <Field
                name="to"
                label=text!("field-to")
                kind=FieldKind::DateTime
                value=which.to.unwrap_or_default()
                error=errors.on("to")
            />
        </FilterBar>
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
                <Details details=event.details />
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
}
