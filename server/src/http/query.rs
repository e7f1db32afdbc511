//! Query strings of lists, and what is wrong with them.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};
use domain::{
    Problem,
    page::PageQuery,
    problem::{Checks, pointer_token},
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

/// Which items of a list are asked for, and which page of them; or what is
/// wrong with the query, said only to those who may see the list.
#[derive(Debug)]
pub struct Listing<T>(Result<(T, PageQuery), Problem>);

/// A list that has pages and no filters.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Everything {}

impl<T> Listing<T> {
    /// The query; where it is bad, `authorise` is asked first.
    pub fn unless(self, authorise: impl FnOnce() -> Result<(), Problem>) -> Result<(T, PageQuery), Problem> {
        self.0.or_else(|problem| {
            authorise()?;
            Err(problem)
        })
    }
}

impl<T: DeserializeOwned + IntoParams, S: Send + Sync> FromRequestParts<S> for Listing<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parse(&parts.uri)))
    }
}

/// Parameters that nobody knows are refused: a filter that is misspelt would
/// otherwise answer everything.
fn parse<T: DeserializeOwned + IntoParams>(uri: &Uri) -> Result<(T, PageQuery), Problem> {
    let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|error| invalid(&error))?;
    let known: Vec<String> = [T::into_params, PageQuery::into_params]
        .iter()
        .flat_map(|of| of(|| None))
        .map(|known| known.name)
        .collect();
    let mut checks = Checks::new();
    for (at, (name, _)) in given.iter().enumerate() {
        let pointer = format!("/{}", pointer_token(name));
        if !known.contains(name) {
            checks.note(pointer, format!("is no parameter of this list; it has {}", known.join(", ")));
        } else if given[..at].iter().any(|(earlier, _)| earlier == name) {
            checks.note(pointer, "is given twice");
        }
    }
    checks.finish()?;
    let Query(which) = Query::<T>::try_from_uri(uri).map_err(|error| invalid(&error))?;
    let Query(page) = Query::<PageQuery>::try_from_uri(uri).map_err(|error| invalid(&error))?;
    Ok((which, page))
}

fn invalid(error: &axum::extract::rejection::QueryRejection) -> Problem {
    Problem::invalid("", format!("is no query of this list: {}", error.body_text()))
}

#[cfg(test)]
mod tests {
    use domain::command::ListAccounts;

    use super::*;

    fn pointers(query: &str) -> Vec<String> {
        let uri: Uri = format!("/accounts?{query}").parse().unwrap();
        let problem = parse::<ListAccounts>(&uri).unwrap_err();
        problem.errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn filters_and_page_are_read_from_one_query() {
        let uri: Uri = "/accounts?state=active&label=a%3Ab+c&limit=5".parse().unwrap();
        let (which, page) = parse::<ListAccounts>(&uri).unwrap();
        assert_eq!(which.state.as_deref(), Some("active"));
        assert_eq!(which.label.as_deref(), Some("a:b c"));
        assert_eq!(page.limit.as_deref(), Some("5"));
        assert!(parse::<ListAccounts>(&"/accounts".parse().unwrap()).is_ok());
    }

    #[test]
    fn misspelt_and_repeated_parameters_are_refused() {
        assert_eq!(pointers("sate=active&limit=1&limit=2"), ["/sate", "/limit"]);
    }
}
