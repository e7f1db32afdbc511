//! One service: where it stands, what is known of it, whether it does what it
//! says, and on which terms it gives accounts out.

use domain::{
    Problem, ProblemKind, policy,
    service::{Service, ServiceState},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    check::check_card,
    controls::{DEEDS, controls},
    edit,
    facts::{facts, list},
    secret,
};
use crate::{
    components::{DownNotice, ErrorSummary, Notice, NoticeKind, Section, ServiceBadge, closed, terms},
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
    let is_admin = policy::write_services(&visitor.caller.actor).is_ok();
    let service = match visitor.portal.show_service(&visitor.caller, &slug).await {
        // Its table cannot be used any more: there is but one thing to do with it.
        Err(problem) if problem.kind == ProblemKind::Invalid && is_admin => {
            return edit::content(visitor, Some(slug)).await;
        }
        answer => answer?,
    };
    let Visitor { portal, visit, caller, .. } = visitor;
    let note = visit.take_note().await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS)).filter(|(to, _)| *to == slug);
    let refused = refused.map(|(_, refused)| refused);
    // Where its secret is, is nobody else's business.
    let form = if is_admin { portal.draft_service(&caller, Some(&slug)).await.ok() } else { None };
    let form = form.map(|draft| draft.form);
    let operates = policy::operates(&caller.actor, &service);
    let controls = operates.then(|| controls(&service, is_admin, refused.as_ref()));
    let is_sealed = form.as_ref().is_some_and(|form| form.is_sealed());
    let secret_card = is_admin.then(|| secret::secret_card(&service, is_sealed, refused.as_ref()));
    let edit = is_admin.then(|| {
        view! {
            <a class="button" href=paths::edit_service(&service.slug)>
                {text!("service-edit")}
            </a>
        }
    });
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
            {edit}
        </div>
        {refused.map(|refused| problem(&refused))}
        {note.as_ref().and_then(|note| done(note, &service))}
        {secret::missing(&service, is_admin)}
        <DownNotice services=vec![service.clone()] />
        <div class="stands">
            <ServiceBadge state=service.state />
            <span>{closed(&service).unwrap_or_else(|| text!("service-stands-active"))}</span>
            {cleanup(&service)}
        </div>
        <div class="columns">
            <div>
                {secret_card}
                {check_card(&service, operates)}
                <section class="card" aria-labelledby="terms">
                    <h2 id="terms">{text!("column-policy")}</h2>
                    {list(terms(&service.policy).into())}
                </section>
                {controls}
            </div>
            <aside aria-labelledby="facts">
                <h2 id="facts">{text!("account-facts")}</h2>
                {facts(&service, form.map(|form| form.secret))}
            </aside>
        </div>
    };
    Ok(Content { title, section: Section::Services, lively: false, body: body.into_any() })
}

fn problem(refused: &Refused) -> impl IntoView + use<> {
    let (field, label, id) = if refused.deed == Deed::PauseService {
        ("reason", text!("field-reason"), "pause-reason")
    } else if refused.deed == Deed::SealSecret {
        ("value", text!("service-secret"), "secret")
    } else {
        ("reason", text!("field-reason"), "retire-reason")
    };
    let fields = vec![(field, label)];
    view! { <ErrorSummary problem=refused.problem.clone() fields=fields id=Some(id.to_owned()) /> }
}

fn done(note: &Note, service: &Service) -> Option<impl IntoView + use<>> {
    let (deed, _) = note.done(&DEEDS).filter(|(_, to)| *to == service.slug.as_str())?;
    let said = [
        (Deed::PauseService, text!("service-paused")),
        (Deed::ResumeService, text!("service-resumed")),
        (Deed::RegisterService, text!("service-registered")),
        (Deed::ChangeService, text!("service-changed")),
        (Deed::CheckService, text!("service-checked")),
        (Deed::SealSecret, text!("secret-sealed")),
    ];
    let (kind, said) = match said.into_iter().find(|(of, _)| *of == deed) {
        Some((_, said)) => (NoticeKind::Done, said),
        None => (NoticeKind::Going, text!("service-retiring")),
    };
    Some(view! { <Notice kind=kind><p>{said}</p></Notice> })
}

/// Where to see how far the taking away is.
fn cleanup(service: &Service) -> Option<impl IntoView + use<>> {
    let cleanup = service.cleanup?;
    Some(view! { <a href=paths::batch(cleanup)>{text!("service-cleanup")}</a> })
}
