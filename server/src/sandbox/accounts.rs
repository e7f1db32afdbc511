//! The accounts that the sandbox has.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::secret::Secret;

/// Accounts by username; gone when the process ends.
#[derive(Default)]
pub struct Accounts(Mutex<BTreeMap<String, Account>>);

/// An account as the sandbox keeps it.
pub struct Account {
    /// What it signs in with.
    pub password: Secret,
    /// Whether it may sign in at all.
    pub enabled: bool,
}

impl Accounts {
    /// Adds an account; false where there is one of that name.
    pub fn create(&self, username: String, password: Secret) -> bool {
        match self.all().entry(username) {
            Entry::Vacant(place) => {
                place.insert(Account { password, enabled: true });
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Changes an account; false where there is none of that name.
    pub fn change(&self, username: &str, change: impl FnOnce(&mut Account)) -> bool {
        self.all().get_mut(username).map(change).is_some()
    }

    /// Deletes an account; false where there is none of that name.
    pub fn delete(&self, username: &str) -> bool {
        self.all().remove(username).is_some()
    }

    /// Whether the account may sign in; `None` where there is none of that name.
    pub fn enabled(&self, username: &str) -> Option<bool> {
        self.all().get(username).map(|account| account.enabled)
    }

    /// Whether there is such an account with that password, which may sign in.
    pub fn accept(&self, username: &str, password: &Secret) -> bool {
        self.all().get(username).is_some_and(|account| account.enabled && account.password == *password)
    }

    /// All usernames, in order.
    pub fn usernames(&self) -> Vec<String> {
        self.all().keys().cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        // Each change is a single step, so a panic elsewhere left none half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
