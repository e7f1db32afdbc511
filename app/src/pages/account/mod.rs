//! One account: how it stands, its credentials, what can be done with it, and
//! what happened to it.

mod controls;
mod facts;
mod notes;

use domain::{
    AccountState, EnrollmentState, Problem,
    account::{AccountView, Credentials},
    id::AccountId,
    page::PageQuery,
    policy,
    service::{Capability, Service},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::{
    controls::{Standing, controls},
    facts::Facts,
    notes::{NoteNotice, is_about, refused},
};
use crate::{
    components::{DownNotice, Pagination, RevealedOnce, Section, Timeline},
    islands::{Copy, LiveAccount, Reveal, RevealsSince},
    pages::frame::{Content, LookAgainWithoutScript, Query, RefreshWithoutScript, Visitor, page},
    paths,
    visit::Note,
    words,
};

/// The name under which the address holds the timeline's cursor.
const TIMELINE: &str = "before";

/// The page of one account.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(move |visitor| content(visitor, id))
}

async fn content(visitor: Visitor, id: Option<String>) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let id: AccountId = id.and_then(|id| id.parse().ok()).ok_or_else(|| Problem::not_found("account"))?;
    let note = visit.take_note().await?.filter(|note| is_about(note, &id.to_string()));
    let credentials = match note {
        Some(Note::Reveal { .. }) => Some(portal.reveal_account(&caller, id).await?),
        Some(_) | None => None,
    };
    let account = portal.show_account(&caller, id).await?;
    let is_newest = Query::now().get(TIMELINE).is_none();
    let before = PageQuery { cursor: Query::now().get(TIMELINE), limit: None };
    let history = portal.account_history(&caller, id, before).await?;

    let actor = &caller.actor;
    let services = portal.list_services(&caller).await?;
    let standing = Standing {
        holds: policy::holds(actor, &account.holder),
        controls: policy::controls(actor, &account.holder, &account.team),
        decides: policy::decides(actor, &account),
        unfreezes: policy::unfreezes(actor, account.frozen_by.as_deref(), &account.team),
        can_freeze: can_freeze(&account, &services),
    };
    let controls = controls(&account, standing, note.as_ref().and_then(refused));
    let since = is_newest.then(|| view! { <RevealsSince login=actor.reference().login /> });
    let body = view! {
        {moves_alone(&account)}
        <div class="headline">
            <p class="crumb">
                <a href=paths::ACCOUNTS>{text!("accounts-title")}</a>
            </p>
            <h1>{account.username.clone()}</h1>
        </div>
        {note.map(|note| view! { <NoteNotice note=note account=account.clone() /> })}
        <DownNotice services=down(&account, services) />
        <LiveAccount account=account.clone() now=now controls=standing.controls />
        <div class="columns">
            <div>
                <section class="card" aria-labelledby="credentials">
                    <h2 id="credentials">{text!("account-credentials")}</h2>
                    <div class="rows">
                        {identity(&account)} {password(&account, standing.holds, credentials)}
                    </div>
                </section>
                {controls}
            </div>
            <aside aria-labelledby="facts">
                <h2 id="facts">{text!("account-facts")}</h2>
                <Facts account=account.clone() now=now />
            </aside>
            <section aria-labelledby="timeline">
                <h2 id="timeline">{text!("account-timeline")}</h2>
                {since}
                <Timeline events=history.items now=now />
                <Pagination path=paths::account(id) next=history.next field=TIMELINE />
            </section>
        </div>
    };
    Ok(Content { title: account.username, section: Section::Accounts, lively: true, body: body.into_any() })
}

/// Name and address of the identity, which are no secret.
fn identity(account: &AccountView) -> impl IntoView + use<> {
    view! {
        <dl class="credentials">
            <div>
                <dt>{text!("account-username")}</dt>
                <dd>
                    <code id="username">{account.username.clone()}</code>
                    <Copy target="username".to_owned() what=text!("account-username") />
                </dd>
            </div>
            <div>
                <dt>{text!("account-email")}</dt>
                <dd>
                    <code id="email">{account.email.clone()}</code>
                    <Copy target="email".to_owned() what=text!("account-email") />
                </dd>
            </div>
        </dl>
    }
}

/// The password, or why it is not to be had.
fn password(account: &AccountView, holds: bool, revealed: Option<Credentials>) -> AnyView {
    if let Some(credentials) = revealed {
        return view! { <RevealedOnce credentials=credentials /> }.into_any();
    }
    let why_not = match account.state {
        AccountState::Active | AccountState::Frozen if account.handing_to.is_some() => {
            text!("account-password-changing")
        }
        AccountState::Active | AccountState::Frozen if holds => {
            return view! { <Reveal account=account.id /> }.into_any();
        }
        AccountState::Active | AccountState::Frozen => {
            text!("account-only-holder", holder = account.holder.to_string())
        }
        AccountState::Requested | AccountState::Provisioning => text!("account-not-yet"),
        AccountState::Revoking => text!("account-ending"),
        AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => text!("account-no-more"),
    };
    view! { <p class="hint">{why_not}</p> }.into_any()
}

/// Whether all of the account's services can disable it for a while.
fn can_freeze(account: &AccountView, services: &[Service]) -> bool {
    account.services.iter().all(|leg| {
        let service = services.iter().find(|service| service.slug == leg.service);
        service.is_some_and(|service| Capability::can_freeze(&service.capabilities))
    })
}

/// The services of a living account, of which those are told that do not answer.
fn down(account: &AccountView, services: Vec<Service>) -> Vec<Service> {
    let lives_on = |service: &Service| {
        let leg = account.services.iter().find(|leg| leg.service == service.slug);
        leg.is_some_and(|leg| leg.state != EnrollmentState::Removed)
    };
    services.into_iter().filter(lives_on).collect()
}

/// What shows without JavaScript how the account gets on.
fn moves_alone(account: &AccountView) -> Option<AnyView> {
    match account.state {
        AccountState::Provisioning | AccountState::Revoking => {
            Some(view! { <RefreshWithoutScript /> }.into_any())
        }
        AccountState::Requested => Some(look_again(account)),
        AccountState::Active | AccountState::Frozen => words::is_moving(account).then(|| look_again(account)),
        AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => None,
    }
}

fn look_again(account: &AccountView) -> AnyView {
    view! { <LookAgainWithoutScript path=paths::account(account.id) /> }.into_any()
}
