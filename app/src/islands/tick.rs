//! The present time, for as long as the page is open.

use domain::Timestamp;
use leptos::prelude::*;

/// The server's time, each second: counted on from when it rendered the page,
/// so that a browser's wrong clock does no harm.
pub(super) fn ticking(rendered_at: Timestamp) -> ReadSignal<Timestamp> {
    let (now, set_now) = signal(rendered_at);
    #[cfg(feature = "hydrate")]
    {
        let behind = rendered_at.millis_since(browser_time());
        let tick = move || set_now.set(browser_time().plus_millis(behind));
        set_interval(tick, std::time::Duration::from_secs(1));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = set_now;
    now
}

#[cfg(feature = "hydrate")]
fn browser_time() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as i64)
}
