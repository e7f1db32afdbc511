//! What stands where there is nothing to list.

use leptos::prelude::*;

/// Says that there is nothing, and what to do about it.
#[component]
pub(crate) fn Empty(
    title: String,
    text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <p class="actions">{children()}</p> })}
        </section>
    }
}
