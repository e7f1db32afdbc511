//! The accounts that one sees.

mod list;

use domain::{
    AccountState, Problem,
    command::ListAccounts,
    page::PageQuery,
    policy::{self, Visibility},
    service::Service,
};
use leptos::prelude::*;
use strum::IntoEnumIterator;

use self::list::list;
use crate::{
    components::{Choice, ErrorSummary, Field, FieldErrors, FieldKind, FilterBar, Section, Select},
    pages::frame::{Content, Query, Visitor, filtered, page},
    paths, words,
};

/// The list of accounts, filtered by the address.
#[component]
pub(crate) fn AccountsPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let query = Query::now();
    let which = ListAccounts {
        state: query.get("state"),
        service: query.get("service"),
        holder: query.get("holder"),
        q: query.get("q"),
        run: query.get("run"),
        label: query.get("label"),
        requested_by: query.get("requested_by"),
    };
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let found = filtered(visitor.portal.list_accounts(&visitor.caller, which.clone(), cursor).await)?;
    let errors = found.as_ref().err().map(FieldErrors::of).unwrap_or_default();
    let actor = &visitor.caller.actor;
    let (lead, all) = match policy::visibility(actor) {
        Visibility::Own(_) => (text!("accounts-lead-own"), None),
        Visibility::Team(_) => (text!("accounts-lead-team"), Some(text!("accounts-of-team"))),
        Visibility::All => (text!("accounts-lead-all"), Some(text!("accounts-of-all"))),
    };
    let sees_others = all.is_some();
    let own = actor.person().map(|person| person.login.to_string());
    let lively = found
        .as_ref()
        .is_ok_and(|page| page.items.iter().any(|account| words::leased_until(account).is_some()));
    let filters = filters(which.clone(), services, errors, sees_others);
    let whose = all.map(|all| whose(own, all, &which));
    let list = match found {
        Ok(page) => list(page, is_filtered(&which), sees_others, visitor.now).into_any(),
        Err(problem) => {
            let fields = vec![
                ("state", text!("field-state")),
                ("service", text!("field-service")),
                ("holder", text!("field-holder")),
                ("q", text!("field-q")),
            ];
            view! { <ErrorSummary problem=problem fields=fields /> }.into_any()
        }
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("accounts-title")}</h1>
            <a class="button primary" href=paths::REQUEST>
                {text!("accounts-request")}
            </a>
            <p class="lead">{lead}</p>
            {whose}
        </div>
        {filters}
        {list}
    };
    Ok(Content { title: text!("accounts-title"), section: Section::Accounts, lively, body: body.into_any() })
}

fn is_filtered(which: &ListAccounts) -> bool {
    *which != ListAccounts::default()
}

/// The accounts of all that one sees, or one's own.
fn whose(own: Option<String>, all: String, which: &ListAccounts) -> impl IntoView {
    let mine = own.is_some() && which.holder == own;
    let current = |chosen: bool| chosen.then_some("true");
    own.map(|own| {
        let own = paths::with_query(paths::ACCOUNTS, &[("holder", Some(&own))]);
        view! {
            <p class="switch">
                <a href=paths::ACCOUNTS aria-current=current(!mine)>
                    {all}
                </a>
                <a href=own aria-current=current(mine)>
                    {text!("accounts-mine")}
                </a>
            </p>
        }
    })
}

fn filters(
    which: ListAccounts,
    services: Vec<Service>,
    errors: FieldErrors,
    sees_others: bool,
) -> impl IntoView {
    let any = is_filtered(&which);
    let states = AccountState::iter()
        .map(|state| Choice { value: state.to_string(), label: words::account_state(state) })
        .collect();
    let services = services
        .into_iter()
        .map(|service| Choice { value: service.slug.to_string(), label: service.name.to_string() })
        .collect();
    let holder = sees_others.then(|| {
        view! {
            <Field
                name="holder"
                label=text!("field-holder")
                value=which.holder.unwrap_or_default()
                error=errors.on("holder")
                verbatim=true
            />
        }
    });
    view! {
        <FilterBar path=paths::ACCOUNTS label=text!("accounts-filter-label") filtered=any>
            <Select
                name="state"
                label=text!("field-state")
                none=text!("accounts-any-state")
                choices=states
                value=which.state.unwrap_or_default()
                error=errors.on("state")
            />
            <Select
                name="service"
                label=text!("field-service")
                none=text!("accounts-any-service")
                choices=services
                value=which.service.unwrap_or_default()
                error=errors.on("service")
            />
            {holder}
            <Field
                name="q"
                label=text!("field-q")
                kind=FieldKind::Search
                placeholder=text!("field-q-hint")
                value=which.q.unwrap_or_default()
                error=errors.on("q")
                verbatim=true
            />
        </FilterBar>
    }
}
