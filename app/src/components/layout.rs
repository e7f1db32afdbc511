//! What stands around every page: the head with its navigation, and the
//! script of pages that have islands.

use domain::{
    Portal, Problem,
    actor::{Actor, Caller},
    people::Role,
    policy,
    upkeep::ExpiryPause,
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::escaped,
    exchange::{self, Context},
    paths, words,
};

/// Who is signed in, and what all of their pages tell them.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    actor: Actor,
    pause: Option<ExpiryPause>,
}

impl SignedIn {
    /// The caller.
    pub async fn of(portal: &dyn Portal, caller: &Caller) -> Self {
        // No page fails for want of its banner.
        let pause = portal.expiry_pause(caller).await.ok().flatten();
        Self { actor: caller.actor.clone(), pause }
    }
}

/// The part of the portal that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Lists and pages of accounts.
    Accounts,
    /// The form that asks for one.
    Request,
    /// Requests that wait for a manager.
    Approvals,
    /// Batches.
    Batches,
    /// What should be gone and is not.
    Debt,
    /// Where services and the ledger differ.
    Drift,
    /// The services.
    Services,
    /// The audit.
    Audit,
    /// People and teams.
    People,
    /// One's own tokens.
    Tokens,
    /// One's own sessions and password.
    Profile,
}

/// A page of the portal.
#[component]
pub(crate) fn Layout(
    title: String,
    signed_in: Option<SignedIn>,
    section: Option<Section>,
    /// Whether the page has islands.
    lively: bool,
    children: Children,
) -> impl IntoView {
    let (actor, pause) = match signed_in {
        Some(SignedIn { actor, pause }) => (Some(actor), pause),
        None => (None, None),
    };
    let home = if actor.is_some() { paths::ACCOUNTS } else { paths::SIGN_IN };
    let pause =
        actor.clone().zip(pause).map(|(actor, pause)| view! { <PauseBanner actor=actor pause=pause /> });
    view! {
        <Title text=escaped(&format!("{title} · {}", text!("portal-name"))) />
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
            {pause}
            {children()}
        </main>
        {lively.then(|| view! { <Boot /> })}
    }
}

#[component]
fn Navigation(actor: Actor, section: Option<Section>) -> impl IntoView {
    type Allowed = fn(&Actor) -> Result<(), Problem>;
    let pages: [(Section, &str, String, Allowed); 10] = [
        (Section::Accounts, paths::ACCOUNTS, text!("nav-accounts"), policy::read_accounts),
        (Section::Request, paths::REQUEST, text!("nav-request"), |actor| {
            policy::request_account(actor).map(drop)
        }),
        (Section::Approvals, paths::APPROVALS, text!("nav-approvals"), policy::decide),
        (Section::Batches, paths::BATCHES, text!("nav-batches"), policy::read_accounts),
        (Section::Debt, paths::DEBT, text!("nav-debt"), policy::read_accounts),
        (Section::Drift, paths::DRIFT, text!("nav-drift"), policy::read_drift),
        (Section::Services, paths::SERVICES, text!("nav-services"), policy::read_services),
        (Section::Audit, paths::AUDIT, text!("nav-audit"), policy::read_audit),
        (Section::People, paths::PEOPLE, text!("nav-people"), policy::manage_people),
        (Section::Tokens, paths::TOKENS, text!("nav-tokens"), policy::manage_tokens),
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
    let role = role_name(actor.role());
    let in_full = text!("signed-in-as", login = login.clone(), role = role.clone());
    view! {
        <nav aria-label=text!("nav-label")>
            <ul>{links}</ul>
        </nav>
        <form class="visitor" method="post" action="/actions/sign_out">
            <a href=paths::PROFILE title=in_full aria-current=(section == Some(Section::Profile)).then_some("page")>
                <b>{login}</b>
                " "
                <small>{role}</small>
            </a>
            <button class="button on-stage">{text!("sign-out")}</button>
        </form>
    }
}

/// Says that leases do not end, until when, and how to change that.
#[component]
fn PauseBanner(actor: Actor, pause: ExpiryPause) -> impl IntoView {
    let jumped = words::duration(pause.jumped_by_secs.saturating_abs().saturating_mul(1_000));
    let until = words::to_the_second(pause.until);
    let said = if pause.jumped_by_secs < 0 {
        text!("pause-backward", jumped = jumped, until = until)
    } else {
        text!("pause-forward", jumped = jumped, until = until)
    };
    let resume = policy::resume_expiry(&actor).is_ok().then(|| {
        view! {
            <form method="post" action="/actions/resume_expiry">
                <input type="hidden" name="then" value=exchange::here() />
                <button class="button small">{text!("pause-resume")}</button>
            </form>
        }
    });
    view! {
        <div class="notice pause" data-kind="warning" role="status">
            <p>{said}</p>
            {resume}
        </div>
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

/// What a role is called.
pub(crate) fn role_name(role: Role) -> String {
    match role {
        Role::Tester => text!("role-tester"),
        Role::Manager => text!("role-manager"),
        Role::Admin => text!("role-admin"),
    }
}
