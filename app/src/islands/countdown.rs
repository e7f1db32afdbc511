//! How much of a lease is left, counting down.

use domain::Timestamp;
use leptos::prelude::*;

use super::tick::ticking;
use crate::words;

/// The time that is left until then.
#[island]
pub(crate) fn Countdown(until: Timestamp, now: Timestamp) -> impl IntoView {
    let now = ticking(now);
    view! {
        <time class="countdown" datetime=until.to_string() title=words::to_the_second(until)>
            {move || words::time_left(until, now.get())}
        </time>
    }
}
