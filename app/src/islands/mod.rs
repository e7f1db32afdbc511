//! What moves on a page. Everything else stays as the server rendered it.
//!
//! Architecture invariant: an island's properties are written into the page,
//! so none of them is ever a secret.

mod copy;
mod countdown;
mod credentials;
mod live;
mod reveal;
mod tick;

#[cfg(feature = "ssr")]
pub(crate) use self::{
    copy::Copy,
    countdown::Countdown,
    credentials::{DifferingRows, PASSWORD},
    live::LiveAccount,
    reveal::Reveal,
};
