//! The reveals that a page has seen since it was rendered.

use leptos::prelude::*;

/// Those of the present page.
#[cfg(feature = "hydrate")]
fn counted() -> RwSignal<u32> {
    thread_local! {
        static REVEALS: ArcRwSignal<u32> = ArcRwSignal::new(0);
    }
    REVEALS.with(|reveals| reveals.clone().into())
}

#[cfg(not(feature = "hydrate"))]
fn counted() -> RwSignal<u32> {
    RwSignal::new(0)
}

/// There was another one.
pub(super) fn count_reveal() {
    counted().update(|reveals| *reveals += 1);
}

/// What stands above the timeline, which was written before them.
#[island]
pub(crate) fn RevealsSince(
    /// Who is looking at the page.
    login: String,
) -> impl IntoView {
    let reveals = counted();
    let sentence = text!("event-sentence", who = login, deed = text!("deed-account-revealed"));
    let entries = move || {
        let entry = |_| {
            view! {
                <li data-action="account_revealed">
                    <p>{sentence.clone()} " " <small>{text!("time-just-now")}</small></p>
                </li>
            }
        };
        (0..reveals.get()).map(entry).collect_view()
    };
    view! { <ol class="timeline">{entries}</ol> }
}
