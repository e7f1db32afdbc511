//! What pages are made of.

mod asked;
mod badge;
mod closed;
mod credentials;
mod deeds;
mod details;
mod down;
mod empty;
mod errors;
mod escaped;
mod events;
mod field;
mod filter;
mod layout;
mod moment;
mod pagination;
mod terms;
mod timeline;

pub(crate) use asked::asked;
pub(crate) use badge::{AccountBadge, ServiceBadge};
pub(crate) use closed::closed;
pub(crate) use credentials::RevealedOnce;
pub(crate) use deeds::{AskFirst, Decide, ReasonField, Undecided, reason_id};
pub(crate) use details::Details;
pub(crate) use down::{DownNotice, down_since};
pub(crate) use empty::Empty;
pub(crate) use errors::{ErrorSummary, FieldErrors, Notice, NoticeKind};
pub(crate) use escaped::{escaped, in_textarea};
pub(crate) use events::{action_name, batch_of, deed, event_sentence, who};
pub(crate) use field::{Choice, Field, FieldKind, FieldNotes, Select, described_by};
pub(crate) use filter::{Filter, FilterBar};
pub(crate) use layout::{Layout, Section, SignedIn};
pub(crate) use moment::{Ago, Stamp};
pub(crate) use pagination::Pagination;
pub(crate) use terms::{approval, terms};
pub(crate) use timeline::Timeline;
