//! The accounts that a service has, page by page.

use std::collections::HashSet;

use domain::service::Capability;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    super::definition::table::Table,
    capture::REMOTE_ID,
    reply::Reply,
    request::Prepared,
    rules::{Pointer, Purpose},
    step::Step,
    values::Scope,
};

/// What every list is filtered by, where the service can do that.
pub const PREFIX: &str = "prefix";

/// More pages than this are no list but a loop.
pub const MOST_PAGES: usize = 1_000;

/// How accounts are listed.
#[derive(Clone, Debug)]
pub struct ListTemplate {
    /// What to send.
    pub step: Step,
    items: Pointer,
    username: Option<Pointer>,
    remote_id: Option<Pointer>,
    total: Option<Pointer>,
    pages: Pages,
}

/// An account as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// Its name.
    pub username: String,
    /// The service's own id for it, where the list tells it.
    pub remote_id: Option<String>,
}

/// How to get from one page to the next.
#[derive(Clone, Debug)]
enum Pages {
    /// There is only one.
    None,
    /// By how many accounts were seen, counted from `first`.
    Counted { by: Counter, param: String, first: u64, size: Option<(String, u64)> },
    /// By what the page says.
    Cursor { param: String, at: Pointer, size: Option<(String, u64)> },
    /// By a link: in the body, or in the `Link` header (RFC 8288).
    NextLink { at: Option<Pointer> },
}

#[derive(Clone, Copy, Debug)]
enum Counter {
    Accounts,
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

impl ListTemplate {
    /// Reads the field `list` of the table `http`.
    pub fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let mut list = table.table(Capability::List.into())?;
        let scope = scope.clone().and([PREFIX]);
        let step = Step::read(&mut list, Purpose::Of(Capability::List), &scope);
        let items = list.optional("items").unwrap_or_default();
        let username = list.optional("username");
        let remote_id = list.optional(REMOTE_ID);
        let total = list.optional("total");
        let pages = Pages::read(&mut list);
        list.close();
        Some(Self { step: step?, items, username, remote_id, total, pages: pages? })
    }

    /// Whether it tells the service's own ids.
    pub const fn tells_ids(&self) -> bool {
        self.remote_id.is_some()
    }

    /// The accounts on a page; `None` where there is no list in it.
    pub fn accounts(&self, reply: &Reply) -> Option<Vec<Listed>> {
        let items = self.items.of(reply.json())?;
        let listed = |name: Option<&str>, item: &Value| {
            let username = match (&self.username, name) {
                (None, Some(name)) => Some(name.to_owned()),
                (Some(pointer), _) => text(pointer.of(Some(item))?),
                // A list of bare names needs no telling where they are.
                (None, None) => item.as_str().or_else(|| item.get("username")?.as_str()).map(str::to_owned),
            };
            let remote_id = self.remote_id.as_ref().and_then(|pointer| text(pointer.of(Some(item))?));
            Some(Listed { username: username?, remote_id })
        };
        let (accounts, entries): (Vec<_>, _) = match items {
            Value::Array(items) => {
                (items.iter().filter_map(|item| listed(None, item)).collect(), items.len())
            }
            Value::Object(items) => {
                (items.iter().filter_map(|(name, item)| listed(Some(name), item)).collect(), items.len())
            }
            // Some write no list at all where it would be empty.
            Value::Null => (Vec::new(), 0),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        // Some entries may be of another kind, but not all of them.
        (entries == 0 || !accounts.is_empty()).then_some(accounts)
    }

    /// Where the list should be, for people.
    pub fn place(&self) -> String {
        let place = self.items.to_string();
        if place.is_empty() { "the body".to_owned() } else { place }
    }

    /// Asks for the first page.
    pub fn first_page(&self, request: &mut Prepared) {
        match &self.pages {
            Pages::None | Pages::NextLink { .. } => {}
            Pages::Counted { param, first, size, .. } => {
                set_size(&mut request.url, size.as_ref());
                set_query(&mut request.url, param, &first.to_string());
            }
            Pages::Cursor { size, .. } => set_size(&mut request.url, size.as_ref()),
        }
    }

    /// The URL of the page after this one; `None` where it is the last.
    ///
    /// # Errors
    /// It says that there are more, in no way that can be followed.
    pub fn next_page(&self, here: &Url, reply: &Reply, seen: &Seen) -> Result<Option<Url>, String> {
        let total = self.total.as_ref().and_then(|pointer| pointer.of(reply.json())?.as_u64());
        let is_last = total.is_some_and(|total| seen.on_pages >= total) || !seen.last_was_new;
        let mut there = here.clone();
        match &self.pages {
            Pages::None => return Ok(None),
            Pages::Counted { .. } | Pages::Cursor { .. } if is_last => return Ok(None),
            Pages::Counted { by, param, first, .. } => {
                let count = match by {
                    Counter::Accounts => seen.on_pages,
                    Counter::Pages => seen.pages,
                };
                set_query(&mut there, param, &(first + count).to_string());
            }
            Pages::Cursor { param, at, .. } => match at.of(reply.json()).and_then(text) {
                Some(cursor) if !cursor.is_empty() => set_query(&mut there, param, &cursor),
                _ => return Ok(None),
            },
            Pages::NextLink { at } => {
                let link = match at {
                    Some(at) => at.of(reply.json()).and_then(text),
                    None => next_link(reply),
                };
                let Some(link) = link.filter(|link| !link.is_empty()) else { return Ok(None) };
                there = here.join(&link).map_err(|_| "the link to the next page is no URL".to_owned())?;
                if there.origin() != here.origin() {
                    return Err("the link to the next page leads to another host".to_owned());
                }
                if !seen.last_was_new {
                    return Ok(None);
                }
            }
        }
        Ok(Some(there))
    }
}

/// What the pages so far have shown.
#[derive(Debug, Default)]
pub struct Seen {
    /// All accounts.
    pub accounts: HashSet<Listed>,
    /// How many entries there were, also those that came twice.
    pub on_pages: u64,
    /// How many pages.
    pub pages: u64,
    last_was_new: bool,
}

impl Seen {
    /// Another page. One that shows nothing new comes from a service that
    /// does not know how to turn pages, or has no more.
    pub fn add(&mut self, page: Vec<Listed>) {
        self.pages += 1;
        self.on_pages += page.len() as u64;
        let before = self.accounts.len();
        self.accounts.extend(page);
        self.last_was_new = self.accounts.len() > before;
    }
}

impl Pages {
    fn read(table: &mut Table<'_>) -> Option<Self> {
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
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
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
