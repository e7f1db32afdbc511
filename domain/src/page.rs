//! Lists, a page at a time.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::{Checks, Problem};

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}

/// Which page is asked for: not checked yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct PageQuery {
    /// `next` of the page before; left out for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many items at most: 1 to 200, 50 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// A checked [`PageQuery`]: keyset order, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Only what is older than the item with this id.
    pub before: Option<Uuid>,
    /// How many items at most.
    pub limit: u16,
}

impl PageRequest {
    /// How many items a page has where nothing is said.
    pub const DEFAULT_LIMIT: u16 = 50;
    /// How many items a page has at the most.
    pub const MAX_LIMIT: u16 = 200;
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { before: None, limit: Self::DEFAULT_LIMIT }
    }
}

impl PageQuery {
    /// Checks the fields.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<PageRequest, Problem> {
        let mut checks = Checks::new();
        let before = checks.optional(
            "/cursor",
            self.cursor
                .as_ref()
                .map(|cursor| cursor.parse::<Uuid>().map_err(|_| "is no cursor of this list")),
        );
        let limit = checks.optional("/limit", self.limit.as_ref().map(|limit| parse_limit(limit)));
        checks.finish()?;
        Ok(PageRequest { before, limit: limit.unwrap_or(PageRequest::DEFAULT_LIMIT) })
    }
}

fn parse_limit(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|limit| (1..=PageRequest::MAX_LIMIT).contains(limit))
        .ok_or_else(|| format!("must be a number from 1 to {}", PageRequest::MAX_LIMIT))
}
