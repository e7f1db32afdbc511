//! The accounts that one sees.

mod keep;
mod list;

use domain::{
    AccountState, Problem,
    command::ListAccounts,
    page::PageQuery,
    policy::{self, Visibility},
    service::{Approval, Capability, Service},
};
use leptos::prelude::*;
use strum::IntoEnumIterator;

use self::{keep::keep_run, list::list};
use crate::{
    components::{Choice, Filter, FilterBar, Section},
    pages::frame::{Content, Query, Visitor, filtered, page, service_filter},
    paths,
    visit::CleanUpForm,
    words,
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
        batch: query.get("batch"),
    };
    let note = visitor.visit.take_note().await?;
    let cursor = PageQuery { cursor: query.get("cursor"), limit: None };
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let found = filtered(visitor.portal.list_accounts(&visitor.caller, which.clone(), cursor).await)?;
    let actor = &visitor.caller.actor;
    let (lead, all) = match policy::visibility(actor) {
        Visibility::Own(_) | Visibility::Run(..) => (text!("accounts-lead-own"), None),
        Visibility::Team(..) => (text!("accounts-lead-team"), Some(text!("accounts-of-team"))),
        Visibility::All => (text!("accounts-lead-all"), Some(text!("accounts-of-all"))),
    };
    let sees_others = all.is_some();
    let own = actor.person().map(|person| person.login.to_string());
    let lively = found
        .as_ref()
        .is_ok_and(|page| page.items.iter().any(|account| words::leased_until(account).is_some()));
    let of_run = which.run.clone().filter(|_| found.as_ref().is_ok_and(|page| !page.items.is_empty()));
    let keep = of_run.map(|run| keep_run(run, note.as_ref()));
    let clean_up = CleanUpForm {
        run: which.run.clone().unwrap_or_default(),
        service: which.service.clone().unwrap_or_default(),
        requested_by: which.requested_by.clone().unwrap_or_default(),
        ..CleanUpForm::default()
    };
    let filters = filters(which.clone(), services, sees_others);
    let is_filtered = filters.iter().any(Filter::is_given);
    let is_bare = !is_filtered && found.as_ref().is_ok_and(|page| page.items.is_empty());
    let whose = all.map(|all| whose(own, all, &which));
    let (list, problem) = match found {
        Ok(page) => (Some(list(page, is_filtered, sees_others, visitor.now)), None),
        Err(problem) => (None, Some(problem)),
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("accounts-title")}</h1>
            <div class="actions">
                {(!is_bare)
                    .then(|| {
                        view! {
                            <a class="button" href=clean_up.address()>
                                {text!("accounts-clean-up")}
                            </a>
                        }
                    })}
                <a class="button primary" href=paths::REQUEST>
                    {text!("accounts-request")}
                </a>
            </div>
            <p class="lead">{lead}</p>
            {whose}
        </div>
        {(!is_bare)
            .then(|| {
                view! {
                    <FilterBar
                        path=paths::ACCOUNTS
                        label=text!("accounts-filter-label")
                        filters=filters
                        problem=problem
                    />
                }
            })}
        {keep}
        {list}
    };
    Ok(Content { title: text!("accounts-title"), section: Section::Accounts, lively, body: body.into_any() })
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

fn filters(which: ListAccounts, services: Vec<Service>, sees_others: bool) -> Vec<Filter> {
    let states = AccountState::iter()
        .filter(|state| can_occur(*state, &services))
        .map(|state| Choice { value: state.to_string(), label: words::account_state(state) })
        .collect();
    let holder = Filter::name("holder", text!("field-holder"), which.holder).example(text!("field-login"));
    let always = [
        Filter::choice("state", text!("field-state"), which.state, text!("any-state"), states),
        service_filter(which.service, services),
        Filter::search("q", text!("field-q"), which.q).example(text!("field-q-hint")),
    ];
    let sometimes = [
        if sees_others { Some(holder) } else { holder.if_given() },
        Filter::name("requested_by", text!("account-requested-by"), which.requested_by).if_given(),
        Filter::name("run", text!("account-run"), which.run).if_given(),
        Filter::name("label", text!("field-label"), which.label).if_given(),
        Filter::name("batch", text!("column-batch"), which.batch).if_given(),
    ];
    always.into_iter().chain(sometimes.into_iter().flatten()).collect()
}

/// Whether an account can come into that state on any of the services.
fn can_occur(state: AccountState, services: &[Service]) -> bool {
    let any = |can: fn(&Service) -> bool| services.iter().any(can);
    match state {
        AccountState::Requested | AccountState::Denied | AccountState::Withdrawn | AccountState::Lapsed => {
            any(|service| service.policy.approval == Approval::Manager)
        }
        AccountState::Frozen => any(|service| Capability::can_freeze(&service.capabilities)),
        AccountState::Provisioning
        | AccountState::Active
        | AccountState::Revoking
        | AccountState::Revoked
        | AccountState::Failed => true,
    }
}
