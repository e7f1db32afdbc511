//! Copies what stands elsewhere on the page.

use leptos::prelude::*;

/// How the last copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers copy"))]
enum Outcome {
    None,
    Copied,
    Selected,
}

/// A button of its own that copies the text of the element `target`.
#[island]
pub(crate) fn Copy(target: String, what: String) -> impl IntoView {
    view! { <CopyButton target=target what=what /> }
}

/// The button, to be used within an island. It shows once islands are awake.
#[component]
pub(super) fn CopyButton(
    /// The id of the element.
    target: String,
    /// What is copied, for those who do not see where the button stands.
    what: String,
) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::None);
    let copy = move |_| copy_text_of(&target, outcome);
    let said = move || match outcome.get() {
        Outcome::None => String::new(),
        Outcome::Copied => text!("copied"),
        Outcome::Selected => text!("copy-failed"),
    };
    view! {
        <span class="copy">
            <button
                type="button"
                class="button quiet small"
                aria-label=text!("copy-what", what = what)
                on:click=copy
            >
                {text!("copy")}
            </button>
            <span role="status">{said}</span>
        </span>
    }
}

#[cfg(not(feature = "hydrate"))]
fn copy_text_of(_target: &str, _outcome: RwSignal<Outcome>) {}

/// Copies by the clipboard where the browser allows it. Otherwise, as on
/// plain http, leaves the text selected and asks for the old way of copying.
#[cfg(feature = "hydrate")]
fn copy_text_of(target: &str, outcome: RwSignal<Outcome>) {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    let Some(element) = document().get_element_by_id(target) else { return };
    let content = element.text_content().unwrap_or_default();
    let select = move || {
        if let Ok(Some(selection)) = window().get_selection() {
            let _ = selection.select_all_children(&element);
        }
        let document = document().unchecked_into::<web_sys::HtmlDocument>();
        let copied = document.exec_command("copy").unwrap_or(false);
        outcome.set(if copied { Outcome::Copied } else { Outcome::Selected });
    };
    if !window().is_secure_context() {
        return select();
    }
    let writing = JsFuture::from(window().navigator().clipboard().write_text(&content));
    leptos::task::spawn_local(async move {
        match writing.await {
            Ok(_) => outcome.set(Outcome::Copied),
            Err(_) => select(),
        }
    });
}
