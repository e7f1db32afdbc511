//! The audit as evidence: how events are chained, how heads of the chain are
//! signed and kept outside the database, and how all of that is checked, also
//! by somebody who has nothing but an export and the public key.

mod chain;
mod export;
mod heads;
mod table;

pub use chain::{Chain, Envelope, Link, Name, Named, actor_hash, salted_hash, seal_hash, subject_hash};
pub use export::{ExportError, head_line, verify, write};
pub use heads::{Head, Heads, HeadsError};
pub use table::csv_header;
