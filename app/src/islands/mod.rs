//! What moves on a page. Everything else stays as the server rendered it.
//!
//! Architecture invariant: an island's properties are written into the page,
//! so none of them is ever a secret.

mod batch;
mod copy;
mod countdown;
mod credentials;
#[cfg(feature = "hydrate")]
mod follow;
mod live;
mod reveal;
mod reveals;
mod tick;

#[cfg(feature = "ssr")]
pub(crate) use self::{
    batch::LiveBatch,
    copy::Copy,
    countdown::Countdown,
    credentials::{DifferingRows, PASSWORD},
    live::{LiveAccount, TryNow},
    reveal::Reveal,
    reveals::RevealsSince,
};
