//! What stands around every page: the head with its navigation, and the
//! script of pages that have islands.

use domain::{Problem, actor::Actor, people::Role, policy};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{exchange::Context, paths};

/// The part of the portal that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Lists and pages of accounts.
    Accounts,
    /// The form that asks for one.
    Request,
    /// The services.
    Services,
    /// The audit.
    Audit,
}

/// A page of the portal.
#[component]
pub(crate) fn Layout(
    title: String,
    /// Who is signed in.
    actor: Option<Actor>,
    section: Option<Section>,
    /// Whether the page has islands.
    lively: bool,
    children: Children,
) -> impl IntoView {
    let home = if actor.is_some() { paths::ACCOUNTS } else { paths::SIGN_IN };
    view! {
        <Title text=format!("{title} · {}", text!("portal-name")) />
        <a class="skip" href="#content">
            {text!("skip-to-content")}
        </a>
        <header class="stage">
            <a class="wordmark" href=home>
                <Mark />
                {text!("portal-name")}
            </a>
            {actor.map(|actor| view! { <Navigation actor=actor section=section /> })}
        </header>
        <main id="content" tabindex="-1">
            {children()}
        </main>
        {lively.then(|| view! { <Boot /> })}
    }
}

#[component]
fn Navigation(actor: Actor, section: Option<Section>) -> impl IntoView {
    type Allowed = fn(&Actor) -> Result<(), Problem>;
    let pages: [(Section, &str, String, Allowed); 4] = [
        (Section::Accounts, paths::ACCOUNTS, text!("nav-accounts"), policy::read_accounts),
        (Section::Request, paths::REQUEST, text!("nav-request"), |actor| {
            policy::request_account(actor).map(drop)
        }),
        (Section::Services, paths::SERVICES, text!("nav-services"), policy::read_services),
        (Section::Audit, paths::AUDIT, text!("nav-audit"), policy::read_audit),
    ];
    let links = pages
        .into_iter()
        .filter(|(.., allowed)| allowed(&actor).is_ok())
        .map(|(page, path, label, _)| {
            let current = (section == Some(page)).then_some("page");
            view! {
                <li>
                    <a href=path aria-current=current>
                        {label}
                    </a>
                </li>
            }
        })
        .collect_view();
    let login = actor.reference().login;
    let role = role(actor.role());
    let in_full = text!("signed-in-as", login = login.clone(), role = role.clone());
    view! {
        <nav aria-label=text!("nav-label")>
            <ul>{links}</ul>
        </nav>
        <form class="visitor" method="post" action="/actions/sign_out">
            <span title=in_full>
                <b>{login}</b>
                " "
                <small>{role}</small>
            </span>
            <button class="button on-stage">{text!("sign-out")}</button>
        </form>
    }
}

/// The script that wakes the islands; none where no bundle was built.
#[component]
fn Boot() -> impl IntoView {
    let assets = use_context::<Context>().map(|context| context.assets);
    assets.and_then(|assets| assets.script.clone()).map(|script| {
        view! {
            <script type="module" src=script.boot data-module=script.module data-wasm=script.wasm></script>
        }
    })
}

/// A stand-in half a step behind the one in the light.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <circle cx="20" cy="11" r="5" opacity=".45" />
            <path d="M12 28a8 8 0 0 1 16 0z" opacity=".45" />
            <circle cx="12" cy="11" r="5.5" />
            <path d="M3 28a9 9 0 0 1 18 0z" />
        </svg>
    }
}

fn role(role: Role) -> String {
    match role {
        Role::Tester => text!("role-tester"),
        Role::Manager => text!("role-manager"),
        Role::Admin => text!("role-admin"),
    }
}
