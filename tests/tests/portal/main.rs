//! The whole portal, driven from outside.
//!
//! Folders mirror URLs; beside them stand the tests of what no single URL
//! shows. What concerns the database runs on both.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever goes wrong in a test's helper fails the test"
)]

mod api;
mod article_script;
mod audit;
mod browser;
mod cleanup;
mod cli;
mod create;
mod every_route;
mod faults;
mod healthz;
mod hostile;
mod lifecycle;
mod metrics;
mod oauth;
mod owasp;
mod pages;
mod readyz;
mod secrets;
mod service_file;
mod unknown;
