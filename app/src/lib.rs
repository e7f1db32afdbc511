//! The browser face of the portal.
//!
//! Pages are rendered on the server and work without JavaScript; small islands
//! bring to life what moves. Nothing here decides anything: pages and server
//! functions call [`domain::Portal`] and show what it answers.
//!
//! Architecture invariant: with the feature `hydrate` this crate knows no
//! server; with `ssr` it knows no database. The two features exclude each
//! other.

// A page is one type, as deep as its nesting.
#![recursion_limit = "256"]

#[macro_use]
mod i18n;

pub mod actions;
mod error;
mod islands;
mod words;

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
pub mod door;
#[cfg(feature = "ssr")]
mod exchange;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod pairs;
#[cfg(feature = "ssr")]
mod paths;
#[cfg(feature = "ssr")]
mod problems;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod visit;

pub use error::ActionError;
#[cfg(feature = "ssr")]
pub use routes::App;

/// Where to go on to: `then` if it is an address of this site, else the
/// accounts.
#[cfg(feature = "ssr")]
pub fn local(then: &str) -> &str {
    paths::local(Some(then))
}

/// Where the browser starts: the boot script calls it before it wakes the
/// islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
