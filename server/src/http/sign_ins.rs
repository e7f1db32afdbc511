//! Counts who tries to sign in and fails.

use std::net::IpAddr;

use domain::{Problem, text::Login};

use super::throttle::{Limits, Throttle};

/// Sign-ins that are not known to have succeeded.
#[derive(Debug)]
pub struct SignIns {
    by_login: Throttle<Attempt>,
    by_address: Throttle<IpAddr>,
}

/// Somebody tries to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// With which login; none where what was typed is no login.
    pub login: Option<Login>,
    /// From which address.
    pub from: IpAddr,
}

impl SignIns {
    /// Nothing counted yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            by_login: Throttle::new(limits.sign_ins),
            by_address: Throttle::new(limits.sign_ins_of_address),
        }
    }

    /// Counted before the password is looked at: many guesses at once must
    /// not slip through together.
    ///
    /// # Errors
    /// There were too many that failed.
    pub fn begins(&self, attempt: &Attempt) -> Result<(), Problem> {
        self.by_address.count(&attempt.from)?;
        self.by_login.count(attempt)
    }

    /// The attempt was no guess.
    pub fn succeeded(&self, attempt: &Attempt) {
        self.by_login.forget(attempt);
        self.by_address.take_back(&attempt.from);
    }
}
