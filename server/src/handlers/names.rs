//! What an account is called: by itself, and on each of its services.

use domain::{
    Account,
    text::{Hint, MintedPrefix},
};

use super::{Handlers, terms::Terms};
use crate::{directory::Target, usernames::Stem};

/// The names of one account.
pub(super) struct Names {
    /// Its own.
    pub own: String,
    /// On each service, in the order of the terms.
    pub on: Vec<String>,
}

impl Names {
    /// Mints names. The account is called as it is on its services, where these
    /// want the same of a name.
    pub fn mint(portal: &Handlers, terms: &Terms, hint: Option<&Hint>) -> Self {
        let stem = Stem::mint(&portal.world, hint);
        let on: Vec<String> = terms.targets.iter().map(|target| stem.under(prefix(target))).collect();
        let own = match on.split_first() {
            Some((first, rest)) if rest.iter().all(|name| name == first) => first.clone(),
            Some(_) | None => stem.under(&MintedPrefix::default()),
        };
        Self { own, on }
    }

    /// Mints names like those of an account that failed.
    pub fn mint_like(portal: &Handlers, terms: &Terms, failed: &Account) -> Self {
        let stem = Stem::mint(&portal.world, None);
        let on = terms.targets.iter().map(|target| {
            let before = failed.enrollments.iter().find(|one| one.service_id == target.service.id);
            match before {
                Some(enrollment) => stem.in_place_of(&enrollment.username),
                None => stem.under(prefix(target)),
            }
        });
        Self { own: stem.in_place_of(&failed.username), on: on.collect() }
    }

    /// A name that is known already, on one service.
    pub fn known(username: &str) -> Self {
        Self { own: username.to_owned(), on: vec![username.to_owned()] }
    }
}

fn prefix(target: &Target) -> &MintedPrefix {
    &target.service.policy.username_prefix
}
