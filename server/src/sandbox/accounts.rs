//! The accounts that the sandbox has.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::secret::Secret;

/// Passwords by username; gone when the process ends.
#[derive(Default)]
pub struct Accounts(Mutex<BTreeMap<String, Secret>>);

impl Accounts {
    /// Adds an account; false where there is one of that name.
    pub fn create(&self, username: String, password: Secret) -> bool {
        match self.all().entry(username) {
            Entry::Vacant(place) => {
                place.insert(password);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Deletes an account; false where there is none of that name.
    pub fn delete(&self, username: &str) -> bool {
        self.all().remove(username).is_some()
    }

    /// Whether there is such an account with that password.
    pub fn accept(&self, username: &str, password: &Secret) -> bool {
        self.all().get(username) == Some(password)
    }

    /// All usernames, in order.
    pub fn usernames(&self) -> Vec<String> {
        self.all().keys().cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        // Each change is a single step, so a panic elsewhere left none half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
