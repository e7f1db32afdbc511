//! What real services do to their callers: they are slow, and they fail.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::SandboxOptions;

/// Spreads the failures evenly over the calls, so that a test can tell
/// beforehand which of them will fail.
pub struct Trouble {
    options: SandboxOptions,
    calls: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    FailsBefore,
    FailsAfter,
}

impl Trouble {
    /// No call has been made yet.
    pub const fn new(options: SandboxOptions) -> Self {
        Self { options, calls: AtomicU64::new(0) }
    }

    fn next(&self) -> Fate {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let failures_until = |call: u64| (call as f64 * self.options.fail_rate).floor() as u64;
        let (before, after) = (failures_until(call), failures_until(call + 1));
        match (before == after, before.is_multiple_of(2)) {
            (true, _) => Fate::Fine,
            (false, true) => Fate::FailsBefore,
            (false, false) => Fate::FailsAfter,
        }
    }
}

/// Lets the call wait, and perhaps fail.
pub async fn meet(State(trouble): State<Arc<Trouble>>, request: Request, next: Next) -> Response {
    tokio::time::sleep(trouble.options.latency).await;
    let fate = trouble.next();
    if fate == Fate::FailsBefore {
        return failure();
    }
    let response = next.run(request).await;
    if fate == Fate::FailsAfter { failure() } else { response }
}

fn failure() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "the sandbox was told to fail" })))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(fail_rate: f64) -> Vec<Fate> {
        let trouble = Trouble::new(SandboxOptions { fail_rate, ..SandboxOptions::default() });
        (0..100).map(|_| trouble.next()).collect()
    }

    #[test]
    fn the_share_of_failures_is_as_wanted_and_half_of_them_come_too_late() {
        for (rate, before, after) in [(0.0, 0, 0), (0.2, 10, 10), (0.5, 25, 25), (1.0, 50, 50)] {
            let fates = fates(rate);
            let count = |wanted| fates.iter().filter(|fate| **fate == wanted).count();
            assert_eq!((count(Fate::FailsBefore), count(Fate::FailsAfter)), (before, after), "{rate}");
        }
    }
}
