//! Credentials that the server shows, once.

use domain::account::Credentials;
use leptos::prelude::*;

use crate::islands::{DifferingRows, PASSWORD};

/// Credentials that were asked for without JavaScript.
#[component]
pub(crate) fn RevealedOnce(credentials: Credentials) -> impl IntoView {
    view! {
        <dl class="credentials">
            <div>
                <dt>{text!("account-password")}</dt>
                <dd>
                    <code id=PASSWORD>{credentials.password.expose().to_owned()}</code>
                </dd>
            </div>
            <DifferingRows credentials=credentials copyable=false />
        </dl>
        <p class="hint">{text!("account-revealed-once")}</p>
    }
}
