//! The tables as sea-orm knows them; nobody outside the store does.

pub(super) mod account;
pub(super) mod account_label;
pub(super) mod account_secret;
pub(super) mod batch;
pub(super) mod batch_item;
pub(super) mod drift;
pub(super) mod enrollment;
pub(super) mod event;
pub(super) mod event_detail;
pub(super) mod expiry_pause;
pub(super) mod invitation;
pub(super) mod keyring_canary;
pub(super) mod new_event;
pub(super) mod person;
pub(super) mod retry_key;
pub(super) mod seal;
pub(super) mod service;
pub(super) mod session;
pub(super) mod sweep;
pub(super) mod team;
pub(super) mod token;
pub(super) mod unsealed_event;
