//! Services that do not answer.

use domain::service::Service;
use leptos::prelude::*;

use crate::words;

/// That the service does not answer, if so.
pub(crate) fn down_since(service: &Service) -> Option<String> {
    service.down_since.map(|since| text!("service-down-since", when = words::to_the_second(since)))
}

/// Which of these services do not answer, where something is asked of them.
#[component]
pub(crate) fn DownNotice(services: Vec<Service>) -> impl IntoView {
    let down: Vec<_> = services
        .iter()
        .filter_map(|service| {
            let since = words::to_the_second(service.down_since?);
            let said = text!("service-down", service = service.name.to_string(), when = since);
            Some(view! { <p>{said}</p> })
        })
        .collect();
    (!down.is_empty()).then(|| {
        view! {
            <div class="notice" data-kind="warning">
                {down}
            </div>
        }
    })
}
