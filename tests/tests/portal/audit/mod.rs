//! The audit trail: all that happens is in it, and nothing in it changes
//! unseen.

mod append_only;
mod completeness;
mod erasure;
mod heads;
mod tampering;
