//! The form that registers a service, or changes one.

mod form;
mod toml_field;

use domain::{Problem, ProblemKind, service::ServiceDraft, text::Slug};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::form::form;
use crate::{
    components::{ErrorSummary, Section},
    pages::frame::{Content, Visitor, page},
    paths,
    visit::Note,
};

/// The form that registers a service.
#[component]
pub(crate) fn NewServicePage() -> impl IntoView {
    page(|visitor| content(visitor, None))
}

/// The form that changes the service.
#[component]
pub(crate) fn EditServicePage() -> impl IntoView {
    let slug = use_params_map().read_untracked().get("slug");
    page(move |visitor| content(visitor, Some(slug.unwrap_or_default())))
}

/// The form; after a refusal, with what was typed and what is wrong with it.
/// Where the portal cannot use what is stored, what is wrong with that.
pub(super) async fn content(visitor: Visitor, slug: Option<String>) -> Result<Content, Problem> {
    let stored = visitor.portal.draft_service(&visitor.caller, slug.as_deref()).await?;
    let unusable = stored.problem.is_some();
    let (draft, is_refused) = match visitor.visit.take_note().await? {
        Some(Note::ServiceRefused { typed, seen, problem })
            if seen.is_some() == slug.is_some() && (slug.is_none() || Some(&typed.slug) == slug.as_ref()) =>
        {
            (ServiceDraft { form: typed, seen, problem: Some(problem.into()), ..stored }, true)
        }
        Some(_) | None => (stored, false),
    };
    let slug = slug.and_then(|slug| slug.parse::<Slug>().ok());
    let title = match &slug {
        Some(slug) => text!("service-edit-title", service = slug.to_string()),
        None => text!("service-new-title"),
    };
    let lead = if slug.is_some() { text!("service-edit-lead") } else { text!("service-new-lead") };
    let unusable = (unusable && !is_refused).then(|| {
        view! {
            <div class="notice" data-kind="warning">
                <p>{text!("service-unusable")}</p>
            </div>
        }
    });
    let summary = draft.problem.clone().map(|problem| summary(problem, slug.as_ref()));
    let body = view! {
        <div class="headline">
            <p class="crumb">
                <a href=paths::SERVICES>{text!("services-title")}</a>
            </p>
            <h1>{title.clone()}</h1>
            <p class="lead">{lead}</p>
        </div>
        {unusable}
        {summary}
        {form(draft, slug)}
    };
    Ok(Content { title, section: Section::Services, lively: false, body: body.into_any() })
}

fn summary(problem: Problem, slug: Option<&Slug>) -> impl IntoView + use<> {
    let anew = slug.filter(|_| problem.kind == ProblemKind::Stale).map(|slug| {
        view! {
            <p>
                <a href=paths::edit_service(slug)>{text!("service-edit-anew")}</a>
            </p>
        }
    });
    let fields = vec![
        ("slug", text!("service-slug")),
        ("name", text!("service-name")),
        ("environment", text!("column-environment")),
        ("base_url", text!("service-base-url")),
        ("connector", text!("column-connector")),
        ("secret", text!("service-secret")),
        ("default_ttl", text!("service-default-ttl")),
        ("max_ttl", text!("service-max-ttl")),
        ("approval", text!("service-approval")),
        ("max_active_per_person", text!("service-max-active")),
        ("concurrency", text!("service-calls")),
        ("toml", text!("service-toml")),
    ];
    view! {
        <ErrorSummary problem=problem fields=fields />
        {anew}
    }
}
