//! Counts attempts, so that nobody can guess for long.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::{Problem, ProblemKind, Ttl};

/// So many attempts within such a time.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// How many attempts.
    pub times: u32,
    /// Within which time, counted from the first.
    pub within: Duration,
}

/// How many failures are borne, and how many requests.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Tokens that are not valid, by client address.
    pub tokens: Limit,
    /// Failed sign-ins, by login and client address.
    pub sign_ins: Limit,
    /// Failed sign-ins, by client address.
    pub sign_ins_of_address: Limit,
    /// Requests of any kind, by client address; as many as come where it is
    /// `None`.
    pub requests: Option<Limit>,
}

impl Default for Limits {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Self {
            tokens: Limit { times: 30, within: minutes(1) },
            sign_ins: Limit { times: 10, within: minutes(5) },
            sign_ins_of_address: Limit { times: 100, within: minutes(5) },
            requests: None,
        }
    }
}

/// Counts attempts by key, each in a window of its own.
#[derive(Debug)]
pub struct Throttle<K> {
    limit: Limit,
    windows: Mutex<HashMap<K, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    attempts: u32,
}

impl<K: Clone + Eq + Hash> Throttle<K> {
    /// More keys than this are not remembered: the oldest are forgotten.
    const MOST_KEYS: usize = 10_000;

    /// Nothing counted yet.
    pub fn new(limit: Limit) -> Self {
        Self { limit, windows: Mutex::default() }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// There were too many; says how long to wait.
    pub fn count(&self, key: &K) -> Result<(), Problem> {
        self.count_at(key, Instant::now())
    }

    fn count_at(&self, key: &K, now: Instant) -> Result<(), Problem> {
        let mut windows = self.windows();
        if !windows.contains_key(key) {
            self.make_room(&mut windows, now);
        }
        let window = windows.entry(key.clone()).or_insert(Window { since: now, attempts: 0 });
        if now - window.since >= self.limit.within {
            *window = Window { since: now, attempts: 0 };
        }
        if window.attempts < self.limit.times {
            window.attempts += 1;
            return Ok(());
        }
        Err(too_many(self.limit.within.saturating_sub(now - window.since)))
    }

    /// Takes one attempt back: it turned out to be none.
    pub fn take_back(&self, key: &K) {
        if let Some(window) = self.windows().get_mut(key) {
            window.attempts = window.attempts.saturating_sub(1);
        }
    }

    /// Forgets all attempts.
    pub fn forget(&self, key: &K) {
        self.windows().remove(key);
    }

    fn make_room(&self, windows: &mut HashMap<K, Window>, now: Instant) {
        if windows.len() < Self::MOST_KEYS {
            return;
        }
        windows.retain(|_, window| now - window.since < self.limit.within);
        if windows.len() >= Self::MOST_KEYS {
            let oldest = windows.iter().min_by_key(|(_, window)| window.since).map(|(key, _)| key.clone());
            oldest.and_then(|key| windows.remove(&key));
        }
    }

    fn windows(&self) -> MutexGuard<'_, HashMap<K, Window>> {
        // Nothing panics while it is held, and numbers cannot be left half changed.
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_many(left: Duration) -> Problem {
    let seconds = left.as_secs() + 1;
    let detail = format!("There were too many attempts. Try again in {seconds} seconds.");
    Problem { retry_after: Ttl::from_secs(seconds), ..Problem::new(ProblemKind::TooManyAttempts, detail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWICE: Limit = Limit { times: 2, within: Duration::from_secs(60) };

    #[test]
    fn the_third_attempt_waits_for_the_window_to_end() {
        let throttle = Throttle::new(TWICE);
        let start = Instant::now();
        let count = |key, secs| throttle.count_at(&key, start + Duration::from_secs(secs));
        assert!(count(1, 0).is_ok() && count(1, 0).is_ok());
        assert!(count(2, 0).is_ok(), "keys are counted apart");
        let problem = count(1, 20).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::TooManyAttempts);
        assert_eq!(problem.retry_after.map(Ttl::as_secs), Some(41));
        assert!(count(1, 61).is_ok());
    }

    #[test]
    fn attempts_can_be_taken_back_and_forgotten() {
        let throttle = Throttle::new(TWICE);
        assert!(throttle.count(&1).is_ok() && throttle.count(&1).is_ok());
        throttle.take_back(&1);
        assert!(throttle.count(&1).is_ok());
        assert!(throttle.count(&1).is_err());
        throttle.forget(&1);
        assert!(throttle.count(&1).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(TWICE);
        for key in 0..Throttle::<usize>::MOST_KEYS + 5 {
            assert!(throttle.count(&key).is_ok());
        }
        assert_eq!(throttle.windows().len(), Throttle::<usize>::MOST_KEYS);
    }
}
