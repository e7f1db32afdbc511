//! Turning columns into the domain's types, with errors that say where.

use std::{fmt::Display, str::FromStr};

use domain::{
    Timestamp,
    actor::ActorRef,
    id::{PersonId, TokenId},
    page::PageRequest,
};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, Select,
    sea_query::{Expr, IntoCondition, IntoTableRef, LikeExpr, Query, SimpleExpr},
};
use uuid::Uuid;

use super::StoreError;

/// The row that a query by a unique key finds. It has no LIMIT: that would be
/// a bound value, and SQLite plans a query anew for each LIMIT that is bound.
pub(super) async fn the_one<E: EntityTrait>(
    query: Select<E>,
    db: &impl ConnectionTrait,
) -> Result<Option<E::Model>, DbErr> {
    Ok(query.all(db).await?.pop())
}

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

    /// Reads the columns that hold an actor.
    pub fn actor(&self, columns: ActorColumns) -> Result<ActorRef, StoreError> {
        Ok(ActorRef {
            kind: self.parse("actor's kind", &columns.kind)?,
            login: columns.login,
            token: columns.token,
            person_id: columns.person_id.map(PersonId),
            token_id: columns.token_id.map(TokenId),
        })
    }

    /// The error for a column that holds what it cannot.
    pub fn bad(&self, column: &'static str, value: impl Display) -> StoreError {
        StoreError::BadRow { table: self.table, column, row: self.id.to_string(), value: value.to_string() }
    }
}

/// Where there is a row that fits, beside the rows of another table.
pub(super) fn there_is(table: impl IntoTableRef, fits: impl IntoCondition) -> SimpleExpr {
    Expr::exists(Query::select().expr(Expr::value(1)).from(table).cond_where(fits).to_owned())
}

/// Text with something in it that is taken as it is, between two patterns.
pub(super) fn like(before: &str, literal: &str, behind: &str) -> LikeExpr {
    let literal = literal.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("{before}{literal}{behind}")).escape('\\')
}

/// How many rows are inserted by one statement at the most: SQLite takes no
/// more than 32,766 parameters.
pub(super) const ROWS_AT_ONCE: usize = 500;

/// An actor as several tables keep it.
pub(super) struct ActorColumns {
    pub kind: String,
    pub login: String,
    pub token: Option<String>,
    pub person_id: Option<Uuid>,
    pub token_id: Option<Uuid>,
}

impl From<&ActorRef> for ActorColumns {
    fn from(actor: &ActorRef) -> Self {
        Self {
            kind: <&str>::from(actor.kind).to_owned(),
            login: actor.login.clone(),
            token: actor.token.clone(),
            person_id: actor.person_id.map(|id| id.0),
            token_id: actor.token_id.map(|id| id.0),
        }
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
