//! The harness: a whole portal, the services that it calls, and the people,
//! programs and browsers that use it, each a few lines in a test.
//!
//! Everything is real but the clock: both databases, the worker, sockets. Each
//! test has a portal of its own, so tests run side by side.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever goes wrong in the harness fails the test that uses it"
)]

mod answer;
mod api;
mod browser;
mod chromium;
mod clock;
mod database;
mod html;
mod issuer;
mod people;
mod portal;
mod program;
mod running;
mod scripted;
mod site;
mod slow;
mod target;
mod template;
mod wait;

pub use answer::{Answer, assert_has, sorted};
pub use api::{Api, Call, Stream};
pub use browser::Browser;
pub use chromium::{Chromium, Colours, JavaScript};
pub use clock::TestClock;
pub use database::{Database, Raw};
pub use html::{field_names, field_value, text_of};
pub use issuer::{AUDIENCE, Issuer};
pub use people::Who;
pub use portal::{SANDBOX, TestPortal, article_service, full_service, listing_service, with_approval};
pub use program::{Finished, Program, folder_of_understudy, python_with};
pub use running::{Process, Running};
pub use rustix::process::Signal;
pub use scripted::{Received, Reply, ScriptedTarget};
pub use site::Site;
pub use slow::SlowTarget;
pub use target::{Sandbox, Target};
pub use wait::eventually;
