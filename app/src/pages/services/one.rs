//! One service: where it stands, what is known of it, and on which terms it
//! gives accounts out.

use domain::{
    Problem, policy,
    service::{Service, ServiceState},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    capabilities,
    controls::{DEEDS, controls},
};
use crate::{
    components::{DownNotice, ErrorSummary, Notice, NoticeKind, Section, ServiceBadge, Stamp, closed, terms},
    pages::frame::{Content, LookAgainWithoutScript, Visitor, page},
    paths,
    visit::{Deed, Note, Refused},
};

/// The page of one service.
#[component]
pub(crate) fn ServicePage() -> impl IntoView {
    let slug = use_params_map().read_untracked().get("slug");
    page(move |visitor| content(visitor, slug.unwrap_or_default()))
}

async fn content(visitor: Visitor, slug: String) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, .. } = visitor;
    let note = visit.take_note().await?;
    let service = portal.show_service(&caller, &slug).await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS)).filter(|(to, _)| *to == slug);
    let refused = refused.map(|(_, refused)| refused);
    let controls =
        policy::write_services(&caller.actor).is_ok().then(|| controls(&service, refused.as_ref()));
    let look_again = (service.state == ServiceState::Retiring)
        .then(|| view! { <LookAgainWithoutScript path=paths::service(&service.slug) /> });
    let title = service.name.to_string();
    let body = view! {
        {look_again}
        <div class="headline">
            <p class="crumb">
                <a href=paths::SERVICES>{text!("services-title")}</a>
            </p>
            <h1>{title.clone()}</h1>
        </div>
        {refused.map(|refused| problem(&refused))}
        {note.as_ref().and_then(|note| done(note, &service))}
        <DownNotice services=vec![service.clone()] />
        <div class="stands">
            <ServiceBadge state=service.state />
            <span>{closed(&service).unwrap_or_else(|| text!("service-stands-active"))}</span>
            {cleanup(&service)}
        </div>
        <div class="columns">
            <div>
                <section class="card" aria-labelledby="terms">
                    <h2 id="terms">{text!("column-policy")}</h2>
                    {list(terms(&service.policy).into())}
                </section>
                {controls}
            </div>
            <aside aria-labelledby="facts">
                <h2 id="facts">{text!("account-facts")}</h2>
                {facts(&service)}
            </aside>
        </div>
    };
    Ok(Content { title, section: Section::Services, lively: false, body: body.into_any() })
}

fn problem(refused: &Refused) -> impl IntoView + use<> {
    let id = match refused.deed == Deed::PauseService {
        true => "pause-reason",
        false => "retire-reason",
    };
    let fields = vec![("reason", text!("field-reason"))];
    view! { <ErrorSummary problem=refused.problem.clone() fields=fields id=Some(id.to_owned()) /> }
}

fn done(note: &Note, service: &Service) -> Option<impl IntoView + use<>> {
    let (deed, _) = note.done(&DEEDS).filter(|(_, to)| *to == service.slug.as_str())?;
    let (kind, said) = if deed == Deed::PauseService {
        (NoticeKind::Done, text!("service-paused"))
    } else if deed == Deed::ResumeService {
        (NoticeKind::Done, text!("service-resumed"))
    } else {
        (NoticeKind::Going, text!("service-retiring"))
    };
    Some(view! { <Notice kind=kind><p>{said}</p></Notice> })
}

/// Where to see how far the taking away is.
fn cleanup(service: &Service) -> Option<impl IntoView + use<>> {
    let cleanup = service.cleanup?;
    Some(view! { <a href=paths::batch(cleanup)>{text!("service-cleanup")}</a> })
}

fn facts(service: &Service) -> impl IntoView + use<> {
    let code = |text: &str| view! { <code>{text.to_owned()}</code> }.into_any();
    let facts = [
        (text!("service-slug"), code(service.slug.as_str())),
        (
            text!("column-environment"),
            view! { <span class="tag">{service.environment.clone()}</span> }.into_any(),
        ),
        (text!("column-address"), code(&service.base_url)),
        (text!("column-connector"), code(&service.connector)),
        (text!("service-can"), list(capabilities(service)).into_any()),
        (text!("service-registered-at"), view! { <Stamp at=service.created_at /> }.into_any()),
        (text!("service-updated-at"), view! { <Stamp at=service.updated_at /> }.into_any()),
    ];
    let facts = facts
        .into_iter()
        .map(|(name, value)| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }
}

fn list(items: Vec<String>) -> impl IntoView {
    view! { <ul class="terms">{items.into_iter().map(|item| view! { <li>{item}</li> }).collect_view()}</ul> }
}
