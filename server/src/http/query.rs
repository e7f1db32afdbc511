//! Query strings of lists, and what is wrong with them.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query, rejection::QueryRejection},
    http::{Uri, request::Parts},
};
use domain::{
    Problem,
    page::PageQuery,
    problem::{Checks, pointer_token},
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

/// Which items of a list are asked for, and which page of them or in which form;
/// or what is wrong with the query, said only to those who may see the list.
#[derive(Debug)]
pub struct Listing<T, P = PageQuery>(Result<(T, P), Problem>);

/// A list that has pages and no filters.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Everything {}

impl<T, P> Listing<T, P> {
    /// The query; where it is bad, `authorise` is asked first.
    pub fn unless(self, authorise: impl FnOnce() -> Result<(), Problem>) -> Result<(T, P), Problem> {
        self.0.or_else(|problem| {
            authorise()?;
            Err(problem)
        })
    }
}

impl<T, P, S> FromRequestParts<S> for Listing<T, P>
where
    T: DeserializeOwned + IntoParams,
    P: DeserializeOwned + IntoParams,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(list(&parts.uri)))
    }
}

/// How something is to be done, as the query says; or what is wrong with the
/// query, said only to those who may do it.
#[derive(Debug)]
pub struct Options<T>(Result<T, Problem>);

impl<T> Options<T> {
    /// The query; where it is bad, `authorise` is asked first.
    pub fn unless(self, authorise: impl FnOnce() -> Result<(), Problem>) -> Result<T, Problem> {
        self.0.or_else(|problem| {
            authorise()?;
            Err(problem)
        })
    }
}

impl<T: DeserializeOwned + IntoParams, S: Send + Sync> FromRequestParts<S> for Options<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let uri = &parts.uri;
        Ok(Self(check_names(uri, &names::<T>()).and_then(|()| read(uri))))
    }
}

fn list<T, P>(uri: &Uri) -> Result<(T, P), Problem>
where
    T: DeserializeOwned + IntoParams,
    P: DeserializeOwned + IntoParams,
{
    check_names(uri, &[names::<T>(), names::<P>()].concat())?;
    Ok((read(uri)?, read(uri)?))
}

fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| None).into_iter().map(|known| known.name).collect()
}

/// Parameters that nobody knows are refused: a filter that is misspelt would
/// otherwise answer everything, and a dry run take everything away.
fn check_names(uri: &Uri, known: &[String]) -> Result<(), Problem> {
    let given: Vec<(String, String)> = read(uri)?;
    let mut checks = Checks::new();
    for (at, (name, _)) in given.iter().enumerate() {
        let pointer = format!("/{}", pointer_token(name));
        if !known.contains(name) {
            checks.note(pointer, format!("is no parameter here; there are {}", known.join(", ")));
        } else if given[..at].iter().any(|(earlier, _)| earlier == name) {
            checks.note(pointer, "is given twice");
        }
    }
    checks.finish()
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let unreadable =
        |error: QueryRejection| Problem::invalid("", format!("is no query: {}", error.body_text()));
    Query::try_from_uri(uri).map(|Query(read)| read).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use domain::command::ListAccounts;

    use super::*;

    fn pointers(query: &str) -> Vec<String> {
        let uri: Uri = format!("/accounts?{query}").parse().unwrap();
        let problem = list::<ListAccounts, PageQuery>(&uri).unwrap_err();
        problem.errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn filters_and_page_are_read_from_one_query() {
        let uri: Uri = "/accounts?state=active&label=a%3Ab+c&limit=5".parse().unwrap();
        let (which, page) = list::<ListAccounts, PageQuery>(&uri).unwrap();
        assert_eq!(which.state.as_deref(), Some("active"));
        assert_eq!(which.label.as_deref(), Some("a:b c"));
        assert_eq!(page.limit.as_deref(), Some("5"));
        assert!(list::<ListAccounts, PageQuery>(&"/accounts".parse().unwrap()).is_ok());
    }

    #[test]
    fn misspelt_and_repeated_parameters_are_refused() {
        assert_eq!(pointers("sate=active&limit=1&limit=2"), ["/sate", "/limit"]);
    }
}
