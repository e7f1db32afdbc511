//! Waiting until something has come true.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer; `what` is what the test
/// fails with if there never is.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    patiently(ask).await.unwrap_or_else(|| panic!("it never came true that {what}"))
}

/// Asks again and again until there is an answer or patience has run out.
pub(crate) async fn patiently<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask().await;
        if answer.is_some() || Instant::now() >= deadline {
            return answer;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
