//! The address of the portal itself.

use leptos::prelude::*;

use crate::{door, paths};

/// Goes on to the accounts.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    door::see_other(paths::ACCOUNTS);
}
