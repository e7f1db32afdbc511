//! A clock that goes like the machine's own, and can be set forward.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::Timestamp;
use server::world::{Clock, SystemClock};

/// The machine's time, and how far a test has set it.
#[derive(Clone, Debug, Default)]
pub struct TestClock(Arc<Set>);

#[derive(Debug, Default)]
struct Set {
    machine: SystemClock,
    passed: Mutex<Duration>,
    jumped_millis: Mutex<i64>,
}

impl TestClock {
    /// Lets that much time pass at once.
    pub fn advance(&self, by: Duration) {
        *self.0.passed.lock().unwrap() += by;
    }

    /// Sets the clock forward, or back where negative, though no time passes.
    pub fn jump_secs(&self, secs: i64) {
        *self.0.jumped_millis.lock().unwrap() += secs * 1_000;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.0.passed.lock().unwrap().as_millis()).unwrap();
        self.0.machine.now().plus_millis(passed + *self.0.jumped_millis.lock().unwrap())
    }

    fn monotonic(&self) -> Duration {
        self.0.machine.monotonic() + *self.0.passed.lock().unwrap()
    }

    fn set(&self, _: Timestamp) {
        // Of a test's time only the test says what it is.
    }
}
