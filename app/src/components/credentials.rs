//! Credentials that the server shows, once.

use domain::account::Credentials;
use leptos::prelude::*;

use crate::islands::CredentialRows;

/// Credentials that were asked for without JavaScript.
#[component]
pub(crate) fn RevealedOnce(credentials: Credentials) -> impl IntoView {
    view! {
        <dl class="credentials">
            <CredentialRows credentials=credentials copyable=false />
        </dl>
        <p class="hint">{text!("account-revealed-once")}</p>
    }
}
