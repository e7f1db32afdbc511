//! The accounts that a service has, page by page.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use domain::service::Capability;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    super::definition::table::Table,
    capture::{REMOTE_ID, is_id},
    reply::Reply,
    request::Prepared,
    rules::{Pattern, Pointer, Purpose},
    step::Step,
    values::Scope,
};

/// What every list is filtered by, where the service can do that.
pub const PREFIX: &str = "prefix";

/// Where in a list one is, for requests that say so themselves: a number or a
/// cursor, and nothing on the first page of a list with cursors.
pub const PAGE: &str = "page";

/// How to ask for the next page.
#[derive(Debug)]
pub enum Turn {
    /// At another address.
    To(Url),
    /// With that in its place in the request.
    With(String),
}

/// How long it may take to list all accounts.
pub const LONGEST: Duration = Duration::from_secs(5 * 60);

/// More pages than this are no list but a loop.
const MOST_PAGES: u64 = 1_000;

/// More accounts of the portal's no service has.
const MOST_ACCOUNTS: usize = 100_000;

/// After so many pages with nothing in them, none comes any more.
const MOST_EMPTY: u64 = 10;

/// How accounts are listed.
#[derive(Clone, Debug)]
pub struct ListTemplate {
    /// What to send.
    pub step: Step,
    items: Pointer,
    username: Option<Pick>,
    remote_id: Option<Pick>,
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

/// Where in an entry a text is, or a part of one.
#[derive(Clone, Debug)]
struct Pick {
    /// Of an entry that has a name of its own, that name where nothing is said.
    pointer: Option<Pointer>,
    matches: Option<Pattern>,
}

impl Pick {
    fn read(table: &mut Table<'_>, name: &'static str) -> Option<Self> {
        let value = table.take(name)?;
        if value.is_object() {
            let mut table = table.inner(name, value)?;
            let pick = Self { pointer: table.optional("pointer"), matches: table.optional("matches") };
            table.close();
            return Some(pick);
        }
        let pointer = table.check(name, serde_json::from_value(value))?;
        Some(Self { pointer: Some(pointer), matches: None })
    }

    fn of(&self, name: Option<&str>, entry: &Value) -> Option<String> {
        let whole = match (&self.pointer, name) {
            (None, Some(name)) => name.to_owned(),
            (None, None) => text(entry)?,
            (Some(pointer), _) => text(pointer.of(Some(entry))?)?,
        };
        match &self.matches {
            None => Some(whole),
            Some(pattern) => pattern.of(&whole).map(str::to_owned),
        }
    }
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
        for name in ["when", "undo", "capture"] {
            if list.has(name) {
                list.note(name, "says nothing where accounts are listed");
            }
        }
        let scope = scope.clone().and([PREFIX, PAGE]);
        let step = Step::read(&mut list, Purpose::Of(Capability::List), &scope);
        let items = list.optional("items").unwrap_or_default();
        let username = Pick::read(&mut list, "username");
        let remote_id = Pick::read(&mut list, REMOTE_ID);
        let total = list.optional("total");
        let pages = Pages::read(&mut list);
        list.close();
        Some(Self { step: step?, items, username, remote_id, total, pages: pages? })
    }

    /// Whether it tells the service's own ids.
    pub const fn tells_ids(&self) -> bool {
        self.remote_id.is_some()
    }

    /// What is on a page; `None` where there is no list in it.
    pub fn page(&self, reply: &Reply) -> Option<Page> {
        let items = self.items.of(reply.json())?;
        let listed = |name: Option<&str>, item: &Value| {
            let username = match (&self.username, name) {
                (Some(pick), name) => pick.of(name, item),
                (None, Some(name)) => Some(name.to_owned()),
                // A list of bare names needs no telling where they are.
                (None, None) => item.as_str().or_else(|| item.get("username")?.as_str()).map(str::to_owned),
            };
            let remote_id =
                self.remote_id.as_ref().and_then(|pick| pick.of(name, item)).filter(|id| is_id(id));
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
        // Some entries may be of another kind, but not all of them, unless a pattern tells them apart.
        let picks = self.username.as_ref().is_some_and(|pick| pick.matches.is_some());
        (entries == 0 || picks || !accounts.is_empty()).then_some(Page { accounts, entries: entries as u64 })
    }

    /// Where the list should be, for people.
    pub fn place(&self) -> String {
        let place = self.items.to_string();
        if place.is_empty() { "the body".to_owned() } else { place }
    }

    /// Whether its request itself says which page it asks for.
    fn says_page(&self) -> bool {
        self.step.says(PAGE)
    }

    /// What the request for the first page says about that.
    pub fn first(&self) -> Option<String> {
        match &self.pages {
            Pages::Counted { first, .. } => Some(first.to_string()),
            Pages::None | Pages::Cursor { .. } | Pages::NextLink { .. } => None,
        }
    }

    /// Asks for the first page.
    pub fn first_page(&self, request: &mut Prepared) {
        match &self.pages {
            Pages::None | Pages::NextLink { .. } => {}
            Pages::Counted { param, first, size, .. } => {
                set_size(&mut request.url, size.as_ref());
                if !self.says_page() {
                    set_query(&mut request.url, param, &first.to_string());
                }
            }
            Pages::Cursor { size, .. } => set_size(&mut request.url, size.as_ref()),
        }
    }

    /// Asks for a page by number or cursor.
    fn at(&self, here: &Url, param: &str, place: &str) -> Turn {
        if self.says_page() {
            return Turn::With(place.to_owned());
        }
        let mut there = here.clone();
        set_query(&mut there, param, place);
        Turn::To(there)
    }

    /// How to get to the page after this one; `None` where it is the last.
    ///
    /// # Errors
    /// There must be more, and no way leads there.
    pub fn next_page(&self, here: &Url, reply: &Reply, seen: &mut Seen<'_>) -> Result<Option<Turn>, String> {
        let total = self.total.as_ref().and_then(|pointer| pointer.of(reply.json())?.as_u64());
        if total.is_some_and(|total| seen.entries >= total) {
            return Ok(None);
        }
        let next = match &self.pages {
            Pages::None => match next_link(reply) {
                Some(_) => {
                    return Err("there is a next page, and `pages` does not say how to turn it".to_owned());
                }
                None => None,
            },
            Pages::Counted { param, size, .. } if seen.is_repeated => {
                if seen.pages == 2 && size.as_ref().is_some_and(|(_, size)| seen.entries >= *size) {
                    return Err(format!(
                        "the second page is the first one again; is `{param}` its parameter?"
                    ));
                }
                None
            }
            Pages::Counted { .. } if seen.empty_pages > 0 => None,
            Pages::Counted { by, param, first, .. } => {
                let count = match by {
                    Counter::Accounts => seen.entries,
                    Counter::Pages => seen.pages,
                };
                Some(self.at(here, param, &(first + count).to_string()))
            }
            Pages::Cursor { param, at, .. } => {
                let cursor = at.of(reply.json()).and_then(text).filter(|cursor| !cursor.is_empty());
                cursor.map(|cursor| self.at(here, param, &cursor))
            }
            Pages::NextLink { at } => {
                let link = match at {
                    Some(at) => at.of(reply.json()).and_then(text),
                    None => next_link(reply),
                };
                link.filter(|link| !link.is_empty())
                    .map(|link| next_to(here, &link))
                    .transpose()?
                    .map(Turn::To)
            }
        };
        match (next, total) {
            (Some(there), _) if seen.goes_on_to(&there) => Ok(Some(there)),
            (Some(_), _) if seen.empty_pages == 0 => {
                Err("the list leads back to a page that was read".to_owned())
            }
            (_, Some(total)) => Err(format!("it ends after {} of {total}, so it is not whole", seen.entries)),
            (_, None) => Ok(None),
        }
    }
}

fn next_to(here: &Url, link: &str) -> Result<Url, String> {
    let there = here.join(link).map_err(|_| "the link to the next page is no URL".to_owned())?;
    if there.origin() == here.origin() {
        return Ok(there);
    }
    Err("the link to the next page leads to another host".to_owned())
}

/// What one answer lists.
#[derive(Debug)]
pub struct Page {
    accounts: Vec<Listed>,
    /// How many entries there are, also those that are no accounts.
    entries: u64,
}

/// What the pages so far have shown.
#[derive(Debug)]
pub struct Seen<'a> {
    prefix: &'a str,
    accounts: HashSet<Listed>,
    /// How many entries there were, also those that came twice.
    entries: u64,
    pages: u64,
    /// How many pages without entries came last.
    empty_pages: u64,
    /// Whether the last page was there before.
    is_repeated: bool,
    marks: HashSet<u64>,
    asked: HashSet<String>,
}

impl<'a> Seen<'a> {
    /// Nothing yet, of the accounts whose names begin like that.
    pub fn new(prefix: &'a str) -> Self {
        let (accounts, marks, asked) = (HashSet::new(), HashSet::new(), HashSet::new());
        Self { prefix, accounts, entries: 0, pages: 0, empty_pages: 0, is_repeated: false, marks, asked }
    }

    /// Another page. Services that cannot filter, or filter otherwise, list
    /// strangers too: these are not kept.
    pub fn add(&mut self, page: Page) {
        let mut mark = DefaultHasher::new();
        page.accounts.hash(&mut mark);
        self.is_repeated = page.entries > 0 && !self.marks.insert(mark.finish());
        self.pages += 1;
        // What came before proves nothing new.
        self.entries += if self.is_repeated { 0 } else { page.entries };
        self.empty_pages = if page.entries == 0 { self.empty_pages + 1 } else { 0 };
        self.accounts
            .extend(page.accounts.into_iter().filter(|listed| listed.username.starts_with(self.prefix)));
    }

    /// Checks that this can still be a list.
    ///
    /// # Errors
    /// It is too long.
    pub fn check_size(&self) -> Result<(), String> {
        if self.pages >= MOST_PAGES {
            return Err(format!("the list does not end after {MOST_PAGES} pages"));
        }
        if self.accounts.len() > MOST_ACCOUNTS {
            return Err(format!(
                "the list holds more than {MOST_ACCOUNTS} names that begin with {}",
                self.prefix
            ));
        }
        Ok(())
    }

    /// All accounts.
    pub fn into_accounts(self) -> Vec<Listed> {
        self.accounts.into_iter().collect()
    }

    /// Whether that page is worth asking for: it was not, and there is hope.
    fn goes_on_to(&mut self, turn: &Turn) -> bool {
        let there = match turn {
            Turn::To(url) => url.to_string(),
            Turn::With(place) => place.clone(),
        };
        self.empty_pages < MOST_EMPTY && self.asked.insert(there)
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
