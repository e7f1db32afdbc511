//! What is known of a service.

use domain::service::{Persona, Service};
use leptos::prelude::*;

use super::capabilities;
use crate::components::Stamp;

/// The service's facts; for who may know it, with where its secret is.
pub(super) fn facts(service: &Service, secret: Option<String>) -> impl IntoView + use<> {
    let code = |text: &str| view! { <code>{text.to_owned()}</code> }.into_any();
    let secret = secret.filter(|secret| !secret.is_empty()).map(|secret| code(&secret));
    let facts = [
        Some((text!("service-slug"), code(service.slug.as_str()))),
        Some((
            text!("column-environment"),
            view! { <span class="tag">{service.environment.clone()}</span> }.into_any(),
        )),
        Some((text!("column-address"), code(&service.base_url))),
        Some((text!("column-connector"), code(&service.connector))),
        secret.map(|secret| (text!("service-secret"), secret)),
        Some((text!("service-can"), list(capabilities(service)).into_any())),
        attributes(service),
        personas(service),
        Some((text!("service-registered-at"), view! { <Stamp at=service.created_at /> }.into_any())),
        Some((text!("service-updated-at"), view! { <Stamp at=service.updated_at /> }.into_any())),
    ];
    let facts = facts
        .into_iter()
        .flatten()
        .map(|(name, value)| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }
}

/// What accounts have there where nothing else is asked for.
fn attributes(service: &Service) -> Option<(String, AnyView)> {
    let attributes = pairs(&service.traits.attributes);
    (!attributes.is_empty()).then(|| (text!("service-attributes"), list(attributes).into_any()))
}

fn personas(service: &Service) -> Option<(String, AnyView)> {
    let personas: Vec<_> = service.traits.personas.iter().map(persona).collect();
    (!personas.is_empty())
        .then(|| (text!("service-personas"), view! { <ul class="personas">{personas}</ul> }.into_any()))
}

fn persona(persona: &Persona) -> impl IntoView + use<> {
    view! {
        <li>
            {persona.title.to_string()} " " <code class="quiet">{persona.name.to_string()}</code>
            {list(pairs(&persona.attributes))}
        </li>
    }
}

fn pairs(attributes: &std::collections::BTreeMap<String, String>) -> Vec<String> {
    attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// A list of a few words each.
pub(super) fn list(items: Vec<String>) -> impl IntoView {
    view! { <ul class="terms">{items.into_iter().map(|item| view! { <li>{item}</li> }).collect_view()}</ul> }
}
