//! The address of the portal itself.

use leptos::prelude::*;

use crate::{exchange, paths};

/// Goes on to the accounts.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    exchange::see_other(paths::ACCOUNTS);
}
