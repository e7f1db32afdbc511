//! A state in a word and a colour.

use domain::{AccountState, service::ServiceState};
use leptos::prelude::*;

use crate::words;

/// An account's state.
#[component]
pub(crate) fn AccountBadge(state: AccountState) -> impl IntoView {
    let name: &'static str = state.into();
    view! {
        <span class="badge" data-state=name>
            {words::account_state(state)}
        </span>
    }
}

/// A service's state.
#[component]
pub(crate) fn ServiceBadge(state: ServiceState) -> impl IntoView {
    let name: &'static str = state.into();
    view! {
        <span class="badge" data-state=name>
            {words::service_state(state)}
        </span>
    }
}
