//! The accounts that a service has, page by page.

use std::time::Duration;

use domain::service::Capability;
use serde_json::Value;
use url::Url;

use super::{
    super::definition::table::Table,
    capture::{REMOTE_ID, is_id},
    pages::{Pages, Turn, text},
    reply::Reply,
    request::Prepared,
    rules::{Pattern, Pointer, Purpose},
    seen::{Page, Seen},
    step::Step,
    values::Scope,
};

/// What every list is filtered by, where the service can do that.
pub const PREFIX: &str = "prefix";

/// Where in a list one is, for requests that say so themselves: a number or a
/// cursor, and nothing on the first page of a list with cursors.
pub const PAGE: &str = "page";

/// How long it may take to list all accounts.
pub const LONGEST: Duration = Duration::from_secs(5 * 60);

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
        let is_list = entries == 0 || picks || !accounts.is_empty();
        is_list.then(|| Page { accounts, entries: entries as u64, text: items.to_string() })
    }

    /// Where the list should be, for people.
    pub fn place(&self) -> String {
        let place = self.items.to_string();
        if place.is_empty() { "the body".to_owned() } else { place }
    }

    /// What the request for the first page says of where it is.
    pub fn first(&self) -> Option<String> {
        self.pages.first()
    }

    /// Asks for the first page.
    pub fn first_page(&self, request: &mut Prepared) {
        self.pages.ask_for_first(request, self.step.says(PAGE));
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
        match (self.pages.next(here, reply, seen, self.step.says(PAGE))?, total) {
            (Some(turn), _) if seen.goes_on_to(&turn) => Ok(Some(turn)),
            (Some(_), _) if seen.empty_pages == 0 => {
                Err("the list leads back to a page that was read".to_owned())
            }
            (_, Some(total)) => Err(format!("it ends after {} of {total}, so it is not whole", seen.entries)),
            (_, None) => Ok(None),
        }
    }
}
