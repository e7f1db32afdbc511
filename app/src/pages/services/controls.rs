//! What an admin can do with a service, and its team's managers but for doing
//! away with it.

use domain::service::{Service, ServiceState};
use leptos::prelude::*;

use crate::{
    components::{AskFirst, ReasonField},
    visit::{Deed, Refused},
};

/// What can be done to one service.
pub(super) const DEEDS: [Deed; 7] = [
    Deed::PauseService,
    Deed::ResumeService,
    Deed::RetireService,
    Deed::RegisterService,
    Deed::ChangeService,
    Deed::CheckService,
    Deed::SealSecret,
];

/// The forms for what the service's state allows.
pub(super) fn controls(
    service: &Service,
    may_retire: bool,
    refused: Option<&Refused>,
) -> Option<impl IntoView + use<>> {
    let tried = |deed: Deed| refused.filter(|refused| refused.deed == deed).cloned();
    let deeds = match service.state {
        ServiceState::Active => pause(service, tried(Deed::PauseService)),
        ServiceState::Paused => resume(service),
        ServiceState::Retiring | ServiceState::Retired => return None,
    };
    let retire = may_retire.then(|| retire(service, tried(Deed::RetireService)));
    Some(view! {
        <section class="card" aria-labelledby="manage">
            <h2 id="manage">{text!("service-manage")}</h2>
            <div class="deeds">{deeds} {retire}</div>
        </section>
    })
}

fn of(service: &Service) -> Vec<(&'static str, String)> {
    vec![("service", service.slug.to_string())]
}

fn pause(service: &Service, refused: Option<Refused>) -> AnyView {
    view! {
        <AskFirst
            ask=text!("service-pause-ask")
            action="/actions/pause_service"
            sends=of(service)
            confirm=text!("service-pause-confirm")
            open=refused.is_some()
        >
            <p>{text!("service-pause-what")}</p>
            <ReasonField
                id="pause-reason".to_owned()
                hint=text!("service-reason-hint")
                refused=refused
            />
        </AskFirst>
    }
    .into_any()
}

fn resume(service: &Service) -> AnyView {
    view! {
        <form method="post" action="/actions/resume_service">
            <input type="hidden" name="service" value=service.slug.to_string() />
            <button class="button primary">{text!("service-resume")}</button>
        </form>
    }
    .into_any()
}

fn retire(service: &Service, refused: Option<Refused>) -> AnyView {
    view! {
        <AskFirst
            ask=text!("service-retire-ask")
            action="/actions/retire_service"
            sends=of(service)
            confirm=text!("service-retire-confirm")
            danger=true
            open=refused.is_some()
        >
            <p>{text!("service-retire-what")}</p>
            <label class="tick" for="drain">
                <input type="checkbox" id="drain" name="drain" value="true" />
                {text!("service-retire-drain")}
            </label>
            <ReasonField
                id="retire-reason".to_owned()
                hint=text!("field-reason-hint")
                refused=refused
            />
        </AskFirst>
    }
    .into_any()
}
