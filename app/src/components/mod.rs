//! What pages are made of.

mod badge;
mod credentials;
mod details;
mod empty;
mod errors;
mod events;
mod field;
mod filter;
mod layout;
mod moment;
mod pagination;
mod timeline;

pub(crate) use badge::AccountBadge;
pub(crate) use credentials::RevealedOnce;
pub(crate) use details::Details;
pub(crate) use empty::Empty;
pub(crate) use errors::{ErrorSummary, FieldErrors, Notice, NoticeKind};
pub(crate) use events::{action_name, deed, event_sentence, who};
pub(crate) use field::{Choice, Field, FieldKind, FieldNotes, Select, described_by};
pub(crate) use filter::{Filter, FilterBar};
pub(crate) use layout::{Layout, Section};
pub(crate) use moment::{Ago, Stamp};
pub(crate) use pagination::Pagination;
pub(crate) use timeline::Timeline;
