//! Turning columns into the domain's types, with errors that say where.

use std::{fmt::Display, str::FromStr};

use domain::{Timestamp, page::PageRequest};

use super::StoreError;

/// Says which row a bad value stands in.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub table: &'static str,
    pub id: &'a dyn Display,
}

impl Row<'_> {
    /// Reads a column that holds a name or a checked text.
    pub fn parse<T: FromStr>(&self, column: &'static str, value: &str) -> Result<T, StoreError> {
        value.parse().map_err(|_| self.bad(column, value))
    }

    /// Reads a column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
        value: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(value).map_err(|_| self.bad(column, value))
    }

    /// Reads a column that holds a number of a smaller range.
    pub fn number<N: Copy + Display, T: TryFrom<N>>(
        &self,
        column: &'static str,
        value: N,
    ) -> Result<T, StoreError> {
        T::try_from(value).map_err(|_| self.bad(column, value))
    }

    /// The error for a column that holds what it cannot.
    pub fn bad(&self, column: &'static str, value: impl Display) -> StoreError {
        StoreError::BadRow { table: self.table, column, row: self.id.to_string(), value: value.to_string() }
    }
}

/// Cuts off the one row more than the page holds, which was asked for to see
/// whether there is a next page; says whether there is.
pub(super) fn cut_to_page<T>(rows: &mut Vec<T>, page: PageRequest) -> bool {
    let limit = usize::from(page.limit);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// A time that may be missing.
pub(super) fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// The same, the other way.
pub(super) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}

/// A count as the database keeps it. Counts here stay far below the limit.
pub(super) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
