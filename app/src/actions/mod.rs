//! Server functions: the browser's way to the portal's use cases.
//!
//! Each resolves the caller, calls the portal and answers: a program gets the
//! result or the problem as JSON, a plain form is sent on to a page (and finds
//! there, as a [`Note`](crate::visit::Note), what could not be done).

mod renew_account;
mod request_account;
mod reveal_account;
mod revoke_account;
mod sign_in;
mod sign_out;

#[cfg(feature = "ssr")]
mod call;

pub use renew_account::renew_account;
pub use request_account::request_account;
pub use reveal_account::reveal_account;
pub use revoke_account::revoke_account;
pub use sign_in::sign_in;
pub use sign_out::sign_out;
