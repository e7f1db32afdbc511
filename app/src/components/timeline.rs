//! What happened, in sentences.

use domain::{Timestamp, audit::Event};
use leptos::prelude::*;

use crate::components::{Ago, Details, event_sentence};

/// Events, newest first.
#[component]
pub(crate) fn Timeline(events: Vec<Event>, now: Timestamp) -> impl IntoView {
    view! {
        <ol class="timeline">
            {events
                .into_iter()
                .map(|event| {
                    let action: &'static str = event.action.into();
                    view! {
                        <li data-action=action>
                            <p>
                                {event_sentence(&event)} " "
                                <small>
                                    <Ago at=event.at now=now />
                                </small>
                            </p>
                            <Details details=event.details />
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}
