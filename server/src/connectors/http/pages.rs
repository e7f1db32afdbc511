//! How to get from one page of a list to the next.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{super::definition::table::Table, reply::Reply, request::Prepared, rules::Pointer, seen::Seen};

/// How to ask for the next page.
#[derive(Debug)]
pub enum Turn {
    /// At another address.
    To(Url),
    /// With that in its place in the request.
    With(String),
}

/// How to get from one page to the next.
#[derive(Clone, Debug)]
pub enum Pages {
    /// There is only one.
    None,
    /// By how many accounts were seen, counted from `first`.
    Counted { by: Counter, param: String, first: u64, size: Option<(String, u64)> },
    /// By what the page says.
    Cursor { param: String, at: Pointer, size: Option<(String, u64)> },
    /// By a link: in the body, or in the `Link` header (RFC 8288).
    NextLink { at: Option<Pointer> },
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// How many accounts came before.
    Accounts,
    /// Which page it is.
    Pages,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    None,
    Offset,
    Page,
    StartIndex,
    Cursor,
    NextLink,
}

impl Pages {
    /// Reads the field `pages`.
    pub fn read(table: &mut Table<'_>) -> Option<Self> {
        let Some(mut pages) = table.table("pages") else { return Some(Self::None) };
        let way = pages.required::<Way>("by");
        let param = pages.optional::<String>("param");
        let first = pages.optional::<u64>("first");
        let at = pages.optional::<Pointer>("at");
        let size_param = pages.optional::<String>("size_param");
        let size = pages.optional::<u64>("size").unwrap_or(100).max(1);
        let size = size_param.map(|param| (param, size));
        let read = match way? {
            Way::None => Some(Self::None),
            Way::Offset => Some(Self::counted(Counter::Accounts, param, "offset", first.unwrap_or(0), size)),
            Way::StartIndex => {
                Some(Self::counted(Counter::Accounts, param, "startIndex", first.unwrap_or(1), size))
            }
            Way::Page => Some(Self::counted(Counter::Pages, param, "page", first.unwrap_or(1), size)),
            Way::Cursor => {
                if at.is_none() {
                    pages.note("at", "is missing: it says where in the answer the next cursor is");
                }
                let param = param.unwrap_or_else(|| "cursor".to_owned());
                at.map(|at| Self::Cursor { param, at, size })
            }
            Way::NextLink => Some(Self::NextLink { at }),
        };
        pages.close();
        read
    }

    fn counted(
        by: Counter,
        param: Option<String>,
        usual: &str,
        first: u64,
        size: Option<(String, u64)>,
    ) -> Self {
        Self::Counted { by, param: param.unwrap_or_else(|| usual.to_owned()), first, size }
    }

    /// What the request for the first page says of where it is.
    pub fn first(&self) -> Option<String> {
        match self {
            Self::Counted { first, .. } => Some(first.to_string()),
            Self::None | Self::Cursor { .. } | Self::NextLink { .. } => None,
        }
    }

    /// Asks for the first page, unless the request says itself which one it asks
    /// for.
    pub fn ask_for_first(&self, request: &mut Prepared, says_page: bool) {
        match self {
            Self::None | Self::NextLink { .. } => {}
            Self::Counted { param, first, size, .. } => {
                set_size(&mut request.url, size.as_ref());
                if !says_page {
                    set_query(&mut request.url, param, &first.to_string());
                }
            }
            Self::Cursor { size, .. } => set_size(&mut request.url, size.as_ref()),
        }
    }

    /// How to ask for the page after this one; `None` where nothing leads on.
    ///
    /// # Errors
    /// There must be more, and no way leads there.
    pub fn next(
        &self,
        here: &Url,
        reply: &Reply,
        seen: &Seen<'_>,
        says_page: bool,
    ) -> Result<Option<Turn>, String> {
        Ok(match self {
            Self::None => match next_link(reply) {
                Some(_) => {
                    return Err("there is a next page, and `pages` does not say how to turn it".to_owned());
                }
                None => None,
            },
            Self::Counted { param, size, .. } if seen.is_repeated => {
                if seen.pages == 2 && size.as_ref().is_some_and(|(_, size)| seen.entries >= *size) {
                    return Err(format!(
                        "the second page is the first one again; is `{param}` its parameter?"
                    ));
                }
                None
            }
            Self::Counted { .. } if seen.empty_pages > 0 => None,
            Self::Counted { by, param, first, .. } => {
                let count = match by {
                    Counter::Accounts => seen.entries,
                    Counter::Pages => seen.pages,
                };
                Some(turn(here, param, &(first + count).to_string(), says_page))
            }
            Self::Cursor { param, at, .. } => {
                let cursor = at.of(reply.json()).and_then(text).filter(|cursor| !cursor.is_empty());
                cursor.map(|cursor| turn(here, param, &cursor, says_page))
            }
            Self::NextLink { at } => {
                let link = match at {
                    Some(at) => at.of(reply.json()).and_then(text),
                    None => next_link(reply),
                };
                link.filter(|link| !link.is_empty())
                    .map(|link| next_to(here, &link))
                    .transpose()?
                    .map(Turn::To)
            }
        })
    }
}

/// Asks for a page by number or cursor.
fn turn(here: &Url, param: &str, place: &str, says_page: bool) -> Turn {
    if says_page {
        return Turn::With(place.to_owned());
    }
    let mut there = here.clone();
    set_query(&mut there, param, place);
    Turn::To(there)
}

fn next_to(here: &Url, link: &str) -> Result<Url, String> {
    let there = here.join(link).map_err(|_| "the link to the next page is no URL".to_owned())?;
    if there.origin() == here.origin() {
        return Ok(there);
    }
    Err("the link to the next page leads to another host".to_owned())
}

/// A text or a whole number.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn set_size(url: &mut Url, size: Option<&(String, u64)>) {
    if let Some((param, size)) = size {
        set_query(url, param, &size.to_string());
    }
}

/// Gives a parameter of the query a value, in place of the one that it had.
fn set_query(url: &mut Url, param: &str, value: &str) {
    let mut others: Vec<_> = url.query_pairs().into_owned().collect();
    others.retain(|(name, _)| name != param);
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(param, value);
}

/// The target of the link with the relation `next`.
fn next_link(reply: &Reply) -> Option<String> {
    let links = reply.headers("link").flat_map(|header| header.split(','));
    let next = links.filter_map(|link| link.trim().strip_prefix('<')?.split_once('>')).find(|(_, params)| {
        params.split(';').any(|param| {
            let param = param.trim().to_ascii_lowercase();
            let rel = param.strip_prefix("rel=").unwrap_or_default().trim_matches('"');
            rel.split(' ').any(|rel| rel == "next")
        })
    });
    next.map(|(target, _)| target.to_owned())
}
