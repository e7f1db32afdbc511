//! What the pages of a list have shown so far, and whether it can be one.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{listing::Listed, pages::Turn};

/// More pages than this are no list but a loop.
const MOST_PAGES: u64 = 1_000;

/// More accounts of the portal's no service has.
const MOST_ACCOUNTS: usize = 100_000;

/// After so many pages with nothing in them, none comes any more.
const MOST_EMPTY: u64 = 10;

/// What one answer lists.
#[derive(Debug)]
pub struct Page {
    /// The accounts.
    pub accounts: Vec<Listed>,
    /// How many entries there are, also those that are no accounts.
    pub entries: u64,
    /// All of it as text.
    pub text: String,
}

/// What the pages so far have shown.
#[derive(Debug)]
pub struct Seen<'a> {
    prefix: &'a str,
    accounts: HashSet<Listed>,
    /// How many entries there were, each page of them once.
    pub entries: u64,
    /// How many pages.
    pub pages: u64,
    /// How many pages without entries came last.
    pub empty_pages: u64,
    /// Whether the last page was there before.
    pub is_repeated: bool,
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
        page.text.hash(&mut mark);
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
    pub fn goes_on_to(&mut self, turn: &Turn) -> bool {
        let there = match turn {
            Turn::To(url) => url.to_string(),
            Turn::With(place) => place.clone(),
        };
        self.empty_pages < MOST_EMPTY && self.asked.insert(there)
    }
}
