//! Shows the password in place when asked to.

use domain::{account::Credentials, id::AccountId};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::credentials::CredentialRows;
use crate::actions::reveal_account;

/// The hidden password with the button that reveals it. It is fetched on
/// asking and forgotten on hiding; without JavaScript the form goes to the
/// server, and the page that answers shows it.
#[island]
pub(crate) fn Reveal(account: AccountId) -> impl IntoView {
    let revealed = RwSignal::new(None::<Credentials>);
    let problem = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let reveal = move |event: SubmitEvent| {
        event.prevent_default();
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        spawn_local(async move {
            match reveal_account(account).await {
                Ok(credentials) => {
                    problem.set(None);
                    revealed.set(credentials);
                }
                Err(error) => problem.set(Some(error.0.detail)),
            }
            asking.set(false);
        });
    };
    let hide = move |_| revealed.set(None);
    let shown = move || match revealed.get() {
        Some(credentials) => view! {
            <CredentialRows credentials=credentials copyable=true />
            <div class="row-actions">
                <button type="button" class="button quiet" on:click=hide>
                    {text!("account-hide")}
                </button>
            </div>
        }
        .into_any(),
        None => view! { <Masked account=account on_submit=reveal /> }.into_any(),
    };
    view! {
        <dl class="credentials">{shown}</dl>
        <p class="error" role="alert">
            {move || problem.get()}
        </p>
    }
}

#[component]
fn Masked(account: AccountId, on_submit: impl Fn(SubmitEvent) + 'static) -> impl IntoView {
    view! {
        <div>
            <dt>{text!("account-password")}</dt>
            <dd>
                <span class="masked" aria-hidden="true">
                    "••••••••••••"
                </span>
                <span class="unseen">{text!("account-password-masked")}</span>
                <form method="post" action="/actions/reveal_account" on:submit=on_submit>
                    <input type="hidden" name="account" value=account.to_string() />
                    <button class="button small" aria-describedby="reveal-hint">
                        {text!("account-reveal")}
                    </button>
                </form>
                <span class="hint" id="reveal-hint">
                    {text!("account-reveal-hint")}
                </span>
            </dd>
        </div>
    }
}
