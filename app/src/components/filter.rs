//! The bar of filters above a list; what is chosen stands in the address.

use leptos::prelude::*;

/// A form that asks for the same page with other filters.
#[component]
pub(crate) fn FilterBar(
    path: &'static str,
    label: String,
    /// Whether anything is filtered.
    filtered: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <search>
            <form class="filter" method="get" action=path aria-label=label>
                {children()} <div class="actions">
                    <button class="button">{text!("accounts-filter")}</button>
                    {filtered
                        .then(|| {
                            view! {
                                <a class="button quiet" href=path>
                                    {text!("accounts-clear")}
                                </a>
                            }
                        })}
                </div>
            </form>
        </search>
    }
}
