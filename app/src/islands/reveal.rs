//! Shows the password in place when asked to.

use domain::{account::Credentials, id::AccountId};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::{
    copy::CopyButton,
    credentials::{DifferingRows, PASSWORD},
    reveals::count_reveal,
};
use crate::actions::reveal_account;

/// The hidden password with the button that reveals and hides it: one button,
/// so that the focus stays where it is. The password is fetched on asking and
/// forgotten on hiding; without JavaScript the form goes to the server, and
/// the page that answers shows it.
#[island]
pub(crate) fn Reveal(account: AccountId) -> impl IntoView {
    let revealed = RwSignal::new(None::<Credentials>);
    let problem = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let toggle = move |event: SubmitEvent| {
        event.prevent_default();
        if asking.get_untracked() {
            return;
        }
        if revealed.with_untracked(Option::is_some) {
            return revealed.set(None);
        }
        asking.set(true);
        spawn_local(async move {
            match reveal_account(account).await {
                Ok(credentials) => {
                    problem.set(None);
                    count_reveal();
                    revealed.set(credentials);
                }
                Err(error) => problem.set(Some(error.0.detail)),
            }
            asking.set(false);
        });
    };
    let is_shown = Memo::new(move |_| revealed.with(Option::is_some));
    let label = move || if is_shown.get() { text!("account-hide") } else { text!("account-reveal") };
    let described = move || (!is_shown.get()).then_some("reveal-hint");
    let beside = move || match is_shown.get() {
        true => view! { <CopyButton target=PASSWORD.to_owned() what=text!("account-password") /> }.into_any(),
        false => view! {
            <span class="hint" id="reveal-hint">
                {text!("account-reveal-hint")}
            </span>
        }
        .into_any(),
    };
    let differing = move || {
        let credentials = revealed.get()?;
        Some(view! { <DifferingRows credentials=credentials copyable=true /> })
    };
    view! {
        <dl class="credentials">
            <div>
                <dt>{text!("account-password")}</dt>
                <dd>
                    {move || revealed.with(password)}
                    <form method="post" action="/actions/reveal_account" on:submit=toggle>
                        <input type="hidden" name="account" value=account.to_string() />
                        <button class="button small" aria-describedby=described>
                            {label}
                        </button>
                    </form> {beside}
                </dd>
            </div>
            {differing}
        </dl>
        <p class="error" role="alert">
            {move || problem.get()}
        </p>
    }
}

/// The password, or as many dots as tell nothing about it.
fn password(revealed: &Option<Credentials>) -> impl IntoView + use<> {
    match revealed {
        Some(credentials) => {
            view! { <code id=PASSWORD>{credentials.password.expose().to_owned()}</code> }.into_any()
        }
        None => view! {
            <span class="masked" aria-hidden="true">
                "••••••••••••"
            </span>
            <span class="unseen">{text!("account-password-masked")}</span>
        }
        .into_any(),
    }
}
