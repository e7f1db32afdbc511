//! The document around every page.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::exchange::Context;

/// The document: head, and the page in its body.
#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    provide_meta_context();
    // Only islands come to life in the browser; the rest is not numbered for it.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let assets = use_context::<Context>().map(|context| context.assets);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {assets
                    .map(|assets| {
                        view! {
                            <link rel="stylesheet" href=assets.style.clone() />
                            <link rel="icon" type="image/svg+xml" href=assets.icon.clone() />
                        }
                    })}
                <MetaTags />
            </head>
            <body>{children()}</body>
        </html>
    }
}
