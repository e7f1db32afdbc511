//! What the portal takes from outside itself: time, randomness, and the ids
//! that are made of both. Everything else gets them from here, so that tests
//! can say what time it is.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::Timestamp;
use rand::{SeedableRng, TryRng, rngs::SysRng};
use uuid::{ContextV7, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Time that only ever passes, from no particular beginning on: what the
    /// other one is checked against.
    fn monotonic(&self) -> Duration;

    /// Somebody whose clock counts more says what time it is now.
    fn set(&self, now: Timestamp);
}

/// The machine's own clock, until another one is said to count.
#[derive(Debug)]
pub struct SystemClock {
    begun: Instant,
    set: Mutex<Option<(Instant, Timestamp)>>,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { begun: Instant::now(), set: Mutex::default() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock's home")]
    fn now(&self) -> Timestamp {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        if let Some((at, now)) = *self.set.lock().unwrap_or_else(PoisonError::into_inner) {
            return now.plus_millis(millis(at.elapsed()));
        }
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(millis(since_epoch))
    }

    fn monotonic(&self) -> Duration {
        self.begun.elapsed()
    }

    fn set(&self, now: Timestamp) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), now));
    }
}

/// Time, randomness and ids.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    ids: Arc<Mutex<ContextV7>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// The real one.
    pub fn system() -> Self {
        Self::with_clock(Arc::new(SystemClock::default()))
    }

    /// One in which the clock is somebody else's.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { clock, ids: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time that only ever passes, from no particular beginning on.
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Says what time it is now, by a clock that counts more.
    pub fn set_clock(&self, now: Timestamp) {
        self.clock.set(now);
    }

    /// A new UUIDv7; later ones of one process sort behind earlier ones.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_millis()).unwrap_or_default();
        // The context's lock cannot be poisoned by a panic that leaves it half
        // written: it is a pair of counters.
        let context = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let nanos = (millis % 1_000) as u32 * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, millis / 1_000, nanos))
    }

    /// Random bytes from the operating system.
    ///
    /// # Panics
    /// The operating system has no randomness to give: nothing here could
    /// go on safely without.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        #[expect(clippy::expect_used, reason = "see Panics")]
        SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    /// A generator that is seeded from the operating system.
    pub fn rng(&self) -> rand::rngs::StdRng {
        rand::rngs::StdRng::from_seed(self.random_bytes())
    }
}
