//! What happened, in sentences.

use domain::{
    Timestamp,
    audit::{Action, Event},
};
use leptos::prelude::*;

use crate::{
    components::{Ago, Details, batch_of, event_sentence},
    paths,
};

/// Events, newest first. Attempts that did not succeed one after the other
/// are one entry for each service.
#[component]
pub(crate) fn Timeline(events: Vec<Event>, now: Timestamp) -> impl IntoView {
    view! {
        <ol class="timeline">
            {folded(events).into_iter().map(|events| entry(events, now)).collect_view()}
        </ol>
    }
}

/// The events of each entry; there is at least one.
fn folded(events: Vec<Event>) -> Vec<Vec<Event>> {
    let mut entries: Vec<Vec<Event>> = Vec::new();
    // Where the present row of failed attempts begins.
    let mut row = 0;
    for event in events {
        let postponed = event.action == Action::EnrollmentPostponed;
        let same = |entry: &&mut Vec<Event>| entry.iter().all(|first| first.service == event.service);
        match entries[row..].iter_mut().find(same).filter(|_| postponed) {
            Some(entry) => entry.push(event),
            None => entries.push(vec![event]),
        }
        if !postponed {
            row = entries.len();
        }
    }
    entries
}

fn entry(events: Vec<Event>, now: Timestamp) -> impl IntoView {
    let times = events.len();
    let mut events = events.into_iter();
    events.next().map(|newest| {
        let action: &'static str = newest.action.into();
        let sentence = match &newest.service {
            Some(service) if times > 1 => {
                text!("told-enrollments-postponed", count = times, service = service.clone())
            }
            Some(_) | None => event_sentence(&newest),
        };
        let batch =
            batch_of(&newest).map(|id| view! { " " <a href=paths::batch(id)>{text!("event-batch")}</a> });
        let earlier = (times > 1).then(|| {
            view! {
                <details>
                    <summary>{text!("timeline-earlier", count = (times - 1))}</summary>
                    <ol class="timeline">{events.map(|event| line(event, now)).collect_view()}</ol>
                </details>
            }
        });
        view! {
            <li data-action=action>
                <p>
                    {sentence} " "
                    <small>
                        <Ago at=newest.at now=now /> {batch}
                    </small>
                </p>
                <Details action=newest.action details=newest.details />
                {earlier}
            </li>
        }
    })
}

fn line(event: Event, now: Timestamp) -> impl IntoView {
    let action: &'static str = event.action.into();
    view! {
        <li data-action=action>
            <p>
                <small>
                    <Ago at=event.at now=now />
                </small>
            </p>
            <Details action=event.action details=event.details />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::{ActorKind, ActorRef};

    use super::*;

    fn event(action: Action, service: &str) -> Event {
        Event {
            id: "00000000-0000-0000-0000-000000000000".parse().unwrap(),
            at: Timestamp::from_millis(0),
            action,
            actor: ActorRef {
                kind: ActorKind::System,
                login: "system".to_owned(),
                token: None,
                person_id: None,
                token_id: None,
            },
            subject: None,
            account: None,
            username: None,
            service: Some(service.to_owned()),
            run: None,
            request_id: None,
            details: None,
        }
    }

    #[test]
    fn attempts_that_fail_in_a_row_are_one_entry_for_each_service() {
        let events = [
            (Action::EnrollmentPostponed, "mail"),
            (Action::EnrollmentPostponed, "shop"),
            (Action::EnrollmentPostponed, "mail"),
            (Action::EnrollmentCreated, "shop"),
            (Action::EnrollmentCreated, "mail"),
            (Action::EnrollmentPostponed, "mail"),
        ];
        let events = events.map(|(action, service)| event(action, service)).into();
        let lengths: Vec<usize> = folded(events).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1, 1, 1]);
    }
}
