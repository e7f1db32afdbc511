//! Questions that may be answered rightly a moment later: lists lag, and some
//! services delete when they come to it.

use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::{Instant, sleep};

use crate::connectors::{
    Answer, Connector, ConnectorError, Identity, Listing, Presence, Removal, Verification,
};

/// For how long an answer is asked for again that may yet become the right one.
const LONGEST: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_millis(500);

/// Lists the accounts until that one is among them.
pub(super) async fn list(connector: &dyn Connector, who: &Identity) -> Result<Listing, ConnectorError> {
    let until = Instant::now() + LONGEST;
    loop {
        let listed = connector.list(&who.username).await;
        let is_missing = listed.as_ref().is_ok_and(|listing| !is_listed(who, listing));
        if !is_missing || is_over(until).await {
            return listed;
        }
    }
}

/// Whether the list has the account.
pub(super) fn is_listed(who: &Identity, listing: &Listing) -> bool {
    listing.accounts.iter().any(|listed| listed.username == who.username)
}

/// Deletes the account until the service says that this is done.
pub(super) async fn delete(
    connector: &dyn Connector,
    who: &Identity,
) -> Result<Answer<Removal>, ConnectorError> {
    let until = Instant::now() + LONGEST;
    let mut promised = false;
    loop {
        let answer = connector.delete(who).await;
        match answer {
            Err(ConnectorError::Retry { ref call, .. }) => {
                promised |= call.is_a_promise();
                if is_over(until).await {
                    return answer;
                }
            }
            // What it said it would delete, it has deleted.
            Ok(Answer { outcome: Removal::Absent, .. }) if promised => {
                return answer.map(|answer| Answer { outcome: Removal::Ok, ..answer });
            }
            Ok(_) | Err(_) => return answer,
        }
    }
}

/// Asks again where the service asked for patience.
pub(super) async fn ask<'a, T>(
    call: impl Fn() -> BoxFuture<'a, Result<Answer<T>, ConnectorError>> + Send,
) -> Result<Answer<T>, ConnectorError> {
    let until = Instant::now() + LONGEST;
    loop {
        let answer = call().await;
        let Err(ConnectorError::Retry { retry_after, .. }) = &answer else { return answer };
        let wait = retry_after.unwrap_or(PAUSE).max(PAUSE);
        if Instant::now() + wait > until {
            return answer;
        }
        sleep(wait).await;
    }
}

/// Tries the login until it works: some services take a moment.
pub(super) async fn login(
    connector: &dyn Connector,
    who: &Identity,
) -> Result<Answer<Verification>, ConnectorError> {
    let until = Instant::now() + LONGEST;
    loop {
        let answer = ask(|| connector.verify(who)).await;
        let fails = matches!(answer, Ok(Answer { outcome: Verification::Denied | Verification::Absent, .. }));
        if !fails || is_over(until).await {
            return answer;
        }
    }
}

/// Looks for the account until it is gone.
pub(super) async fn gone(
    connector: &dyn Connector,
    who: &Identity,
) -> Result<Answer<Presence>, ConnectorError> {
    let until = Instant::now() + LONGEST;
    loop {
        let answer = connector.gone(who).await;
        let is_there = matches!(
            answer,
            Ok(Answer { outcome: Presence::Present, .. }) | Err(ConnectorError::Retry { .. })
        );
        if !is_there || is_over(until).await {
            return answer;
        }
    }
}

/// Whether it was asked for long enough; waits a little where it was not.
async fn is_over(until: Instant) -> bool {
    let is_over = Instant::now() >= until;
    if !is_over {
        sleep(PAUSE).await;
    }
    is_over
}
