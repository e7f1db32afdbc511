//! Server functions: the browser's way to the portal's use cases.
//!
//! Each resolves the caller, calls the portal and answers: a program gets the
//! result or the problem as JSON, a plain form is sent on to a page (and finds
//! there, as a [`Note`](crate::visit::Note), what could not be done).

mod access;
mod apply_service;
mod check_service;
mod clean_up;
mod decide_account;
mod decide_batch;
mod freeze_account;
mod hand_over_account;
mod keep_run;
mod pause_service;
mod people;
mod renew_account;
mod request_account;
mod reset_account;
mod resume_expiry;
mod retire_service;
mod retry_batch;
mod retry_removal;
mod reveal_account;
mod revoke_account;
mod seal_secret;
mod settle_drift;
mod sign_in;
mod sign_out;
mod teams;
mod tokens;

#[cfg(feature = "ssr")]
mod call;

pub use access::{accept_invitation, change_own_password, end_session};
pub use apply_service::apply_service;
pub use check_service::check_service;
pub use clean_up::clean_up;
pub use decide_account::{approve_account, deny_account};
pub use decide_batch::{approve_batch, deny_batch};
pub use freeze_account::{freeze_account, unfreeze_account};
pub use hand_over_account::{call_off_hand_over, hand_over_account};
pub use keep_run::keep_run;
pub use pause_service::{pause_service, resume_service};
pub use people::{add_person, change_person, disable_person, enable_person, invite_person};
pub use renew_account::renew_account;
pub use request_account::{RequestForm, Requested, request_account};
pub use reset_account::reset_account;
pub use resume_expiry::resume_expiry;
pub use retire_service::retire_service;
pub use retry_batch::retry_batch;
pub use retry_removal::{retry_removal, retry_removals};
pub use reveal_account::reveal_account;
pub use revoke_account::revoke_account;
pub use seal_secret::seal_secret;
pub use settle_drift::{adopt_drift, delete_drift, ignore_drift, sweep_service};
pub use sign_in::sign_in;
pub use sign_out::sign_out;
pub use teams::{add_team, change_team, remove_team};
pub use tokens::{issue_token, revoke_token};
