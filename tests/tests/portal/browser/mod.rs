//! What a visitor sees and does in a real browser.
//!
//! On SQLite alone: a browser sees nothing of the database, and everything
//! that differs between the two is tested on both below the pages.

mod journey;
mod lively;
mod services;
