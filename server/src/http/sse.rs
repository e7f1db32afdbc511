//! Server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, future};
use serde::Serialize;

/// Proxies close what is silent for longer, and a client that left unseen is
/// noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Sends each piece of news as an event of that name, until there is no more
/// or `over` comes to pass.
pub fn tell<T: Serialize + Send + 'static>(
    name: &'static str,
    news: impl Stream<Item = T> + Send + 'static,
    over: impl Future<Output = ()> + Send + 'static,
) -> impl IntoResponse {
    let events = news.take_until(Box::pin(over)).filter_map(move |piece| {
        let event = Event::default().event(name).json_data(piece);
        let event = event.inspect_err(|error| tracing::error!(%error, name, "an event could not be sent"));
        future::ready(event.ok().map(Ok::<_, Infallible>))
    });
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    ([unbuffered], Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}
