//! What real services do to their callers: they are slow, they fail, they
//! hang, and what stands before them answers what nobody asked.

use std::{
    future,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rand::{Rng, RngExt, rngs::StdRng};
use serde_json::json;

use super::SandboxOptions;

/// Decides by chance which calls go wrong, and how.
pub struct Trouble {
    options: SandboxOptions,
    rng: Mutex<StdRng>,
}

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    Spoilt { work_is_done: bool, by: Spoiler },
}

/// What the caller meets in place of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Spoiler {
    Failure,
    Silence,
    Junk { status: u16, body: Vec<u8> },
}

impl Trouble {
    /// Trouble that the generator chooses.
    pub const fn new(options: SandboxOptions, rng: StdRng) -> Self {
        Self { options, rng: Mutex::new(rng) }
    }

    fn next(&self) -> Fate {
        // A generator is fit for use whatever became of who used it before.
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let SandboxOptions { latency: _, fail_rate, hang_rate, junk_rate } = self.options;
        let lot: f64 = rng.random();
        let by = if lot < fail_rate {
            Spoiler::Failure
        } else if lot < fail_rate + hang_rate {
            Spoiler::Silence
        } else if lot < fail_rate + hang_rate + junk_rate {
            junk(&mut *rng)
        } else {
            return Fate::Fine;
        };
        Fate::Spoilt { work_is_done: rng.random(), by }
    }
}

/// A status that no standard gives a meaning to, and bytes.
fn junk(rng: &mut impl Rng) -> Spoiler {
    let mut body = vec![0; rng.random_range(0..512)];
    rng.fill_bytes(&mut body);
    Spoiler::Junk { status: rng.random_range(600..=999), body }
}

/// Lets the call wait, and perhaps go wrong.
pub async fn meet(State(trouble): State<Arc<Trouble>>, request: Request, next: Next) -> Response {
    tokio::time::sleep(trouble.options.latency).await;
    let Fate::Spoilt { work_is_done, by } = trouble.next() else { return next.run(request).await };
    if work_is_done {
        next.run(request).await;
    }
    match by {
        Spoiler::Failure => {
            let told = json!({ "error": "the sandbox was told to fail" });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(told)).into_response()
        }
        // Until the caller hangs up, which drops this future.
        Spoiler::Silence => future::pending().await,
        Spoiler::Junk { status, body } => {
            // Any three digits are a status, so this one is taken as it is.
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::MULTIPLE_CHOICES);
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const CALLS: usize = 10_000;

    /// Tells one kind of trouble from the others.
    type Kind = fn(&Spoiler) -> bool;

    /// How many calls were spoilt, and how many of those after their work
    /// was done.
    fn spoilt(options: SandboxOptions, by: Kind) -> (usize, usize) {
        let trouble = Trouble::new(options, StdRng::seed_from_u64(1));
        let fates = (0..CALLS).filter_map(|_| match trouble.next() {
            Fate::Spoilt { work_is_done, by: spoiler } => by(&spoiler).then_some(work_is_done),
            Fate::Fine => None,
        });
        let late: Vec<bool> = fates.collect();
        (late.len(), late.into_iter().filter(|late| *late).count())
    }

    #[test]
    fn each_kind_of_trouble_has_its_share_and_half_of_it_comes_too_late() {
        let options =
            SandboxOptions { fail_rate: 0.1, hang_rate: 0.2, junk_rate: 0.4, ..SandboxOptions::default() };
        let kinds: [(Kind, usize); 3] = [
            (|by| *by == Spoiler::Failure, 1_000),
            (|by| *by == Spoiler::Silence, 2_000),
            (|by| matches!(by, Spoiler::Junk { .. }), 4_000),
        ];
        for (by, share) in kinds {
            let (all, late) = spoilt(options, by);
            assert!(all.abs_diff(share) < share / 5, "{all} of {share}");
            assert!(late.abs_diff(share / 2) < share / 5, "{late} of {share}");
        }
    }

    #[test]
    fn none_is_none_and_all_is_all() {
        assert_eq!(spoilt(SandboxOptions::default(), |_| true).0, 0);
        let options = SandboxOptions { junk_rate: 1.0, ..SandboxOptions::default() };
        assert_eq!(spoilt(options, |by| matches!(by, Spoiler::Junk { .. })).0, CALLS);
    }
}
