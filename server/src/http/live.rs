//! Accounts as they change, for pages that are open.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{Problem, account::AccountView, id::AccountId};
use futures::{Stream, StreamExt};
use serde::Deserialize;

use super::{Shared, problem::ApiProblem, session::BySession};

/// A stream ends after this long. The browser opens it anew, and by that
/// finds out whether the visitor may still see it.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Proxies close what is silent for longer, and a browser that left unseen is
/// noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What to watch.
#[derive(Deserialize)]
pub struct Watch {
    account: String,
}

/// `GET /live?account={id}`: server-sent events, each an [`AccountView`].
pub async fn watch(
    State(shared): State<Shared>,
    BySession(caller): BySession,
    query: Result<Query<Watch>, QueryRejection>,
) -> Result<impl IntoResponse, ApiProblem> {
    let account = query.ok().and_then(|Query(watch)| watch.account.parse::<AccountId>().ok());
    let account = account.ok_or_else(|| Problem::invalid("/account", "must be the id of an account"))?;
    let views = shared.portal.watch_account(&caller, account).await?;
    let over = {
        let shutdown = shared.shutdown.clone();
        async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(LONGEST) => {}
            }
        }
    };
    let events = events(views.take_until(Box::pin(over)));
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([unbuffered], Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))))
}

fn events(views: impl Stream<Item = AccountView>) -> impl Stream<Item = Result<Event, Infallible>> {
    views.filter_map(async |view| {
        let event = Event::default().event("account").json_data(view);
        event.inspect_err(|error| tracing::error!(%error, "an account could not be sent")).ok().map(Ok)
    })
}
