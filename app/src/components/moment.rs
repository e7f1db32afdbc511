//! Points in time: said for people, exact for programs and on hovering.

use domain::Timestamp;
use leptos::prelude::*;

use crate::words;

/// How long ago something happened.
#[component]
pub(crate) fn Ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <time datetime=at.to_string() title=words::to_the_second(at)>
            {time_ago(at, now)}
        </time>
    }
}

/// When something happened, to the second.
#[component]
pub(crate) fn Stamp(
    at: Timestamp,
    /// Leaves the zone out, where a heading says it.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let exact = words::to_the_second(at);
    let said = if bare { exact.trim_end_matches(" UTC").to_owned() } else { exact.clone() };
    view! {
        <time datetime=at.to_string() title=exact>
            {said}
        </time>
    }
}

fn time_ago(at: Timestamp, now: Timestamp) -> String {
    const A_MOMENT: i64 = 5_000;
    match now.millis_since(at) {
        passed if passed < A_MOMENT => text!("time-just-now"),
        passed => text!("time-ago", duration = words::roughly(passed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_lies_some_time_back() {
        let now = Timestamp::from_millis(10_000_000);
        assert_eq!(time_ago(now.plus_millis(-2_000), now), "just now");
        assert_eq!(time_ago(now.plus_millis(-7_300_000), now), "2 h ago");
    }
}
