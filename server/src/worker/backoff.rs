//! How long to wait before the next attempt.

use std::time::Duration;

use rand::{Rng, RngExt};

/// No attempt is put off for longer.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

const FIRST_MILLIS: u64 = 250;
const LONGEST_MILLIS: u64 = LONGEST.as_millis() as u64;

/// Milliseconds until the attempt after the `attempts` that were made:
/// doubling from 250 ms to 15 minutes, with full jitter (anything between
/// nothing and that), and never less than the service asked for.
pub(super) fn millis(attempts: u32, asked_for: Option<Duration>, rng: &mut impl Rng) -> i64 {
    let doublings = attempts.saturating_sub(1).min(20);
    let ceiling = FIRST_MILLIS.saturating_mul(1 << doublings).min(LONGEST_MILLIS);
    let jittered = rng.random_range(0..=ceiling);
    let asked_for = asked_for.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    i64::try_from(jittered.max(asked_for.min(LONGEST_MILLIS))).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    fn most(attempts: u32) -> i64 {
        let mut rng = World::system().rng();
        (0..2_000).map(|_| millis(attempts, None, &mut rng)).max().unwrap()
    }

    #[test]
    fn waits_double_from_a_quarter_second_to_a_quarter_hour() {
        assert!((200..=250).contains(&most(1)), "{}", most(1));
        assert!((400..=500).contains(&most(2)), "{}", most(2));
        let capped = most(1_000);
        assert!((800_000..=900_000).contains(&capped), "{capped}");
    }

    #[test]
    fn a_service_that_asks_for_time_gets_it() {
        let mut rng = World::system().rng();
        assert!(millis(1, Some(Duration::from_secs(30)), &mut rng) >= 30_000);
        assert_eq!(millis(1, Some(Duration::from_secs(86_400)), &mut rng), 900_000);
    }
}
