//! The fields of a service.

use domain::{
    service::{Approval, Policy, ServiceDraft},
    team::Team,
    text::{Name, Slug},
};
use leptos::prelude::*;

use super::toml_field::TomlField;
use crate::{
    components::{Choice, Field, FieldErrors, Select, approval},
    paths,
};

/// The form; of the service with that slug, if it is registered.
pub(super) fn form(draft: ServiceDraft, slug: Option<Slug>) -> impl IntoView {
    let errors = draft.problem.as_ref().map(FieldErrors::of).unwrap_or_default();
    let (submit, back) = match &slug {
        Some(slug) => (text!("service-save"), paths::service(slug)),
        None => (text!("service-register"), paths::SERVICES.to_owned()),
    };
    let seen = draft.seen.map(|seen| view! { <input type="hidden" name="seen" value=seen.to_string() /> });
    let what_next = if slug.is_some() { text!("service-save-next") } else { text!("service-register-next") };
    view! {
        <form class="request" method="post" action="/actions/apply_service">
            {seen}
            {what(&draft, slug.as_ref(), &errors)}
            {terms(&draft, &errors)}
            <fieldset class="whole-width">
                <legend>{text!("service-rest")}</legend>
                <TomlField value=draft.form.toml errors=errors.each("toml") />
            </fieldset>
            <div class="send">
                <p>{what_next}</p>
                <div class="actions">
                    <button class="button primary">{submit}</button>
                    <a class="button quiet" href=back>
                        {text!("service-edit-leave")}
                    </a>
                </div>
            </div>
        </form>
    }
}

fn what(draft: &ServiceDraft, slug: Option<&Slug>, errors: &FieldErrors) -> impl IntoView + use<> {
    let form = draft.form.clone();
    let slug = match slug {
        Some(slug) => view! { <input type="hidden" name="form[slug]" value=slug.to_string() /> }.into_any(),
        None => view! {
            <Field
                name="form[slug]"
                id="slug"
                label=text!("service-slug")
                hint=text!("service-slug-hint")
                value=form.slug
                error=errors.on("slug")
                longest=Slug::LONGEST
                verbatim=true
            />
        }
        .into_any(),
    };
    view! {
        <fieldset>
            <legend>{text!("service-what")}</legend>
            {slug}
            <Field
                name="form[name]"
                id="name"
                label=text!("service-name")
                hint=text!("service-name-hint")
                value=form.name
                error=errors.on("name")
                longest=Name::LONGEST
            />
            <Select
                name="form[team]"
                id="team"
                label=text!("field-team")
                hint=text!("service-team-hint")
                none=text!("service-team-none")
                choices=teams(&draft.teams, &form.team)
                value=form.team.clone()
                error=errors.on("team")
            />
            <Select
                name="form[environment]"
                id="environment"
                label=text!("column-environment")
                hint=text!("service-environment-hint")
                none=text!("service-environment-none")
                choices=choices(&draft.environments, &form.environment)
                value=form.environment.clone()
                error=errors.on("environment")
            />
            <Field
                name="form[base_url]"
                id="base_url"
                label=text!("service-base-url")
                hint=text!("service-base-url-hint")
                value=form.base_url
                error=errors.on("base_url")
                verbatim=true
            />
            <Select
                name="form[connector]"
                id="connector"
                label=text!("column-connector")
                hint=text!("service-connector-hint")
                none=text!("service-connector-none")
                choices=choices(&draft.presets, &form.connector)
                value=form.connector.clone()
                error=errors.on("connector")
            />
            <Field
                name="form[secret]"
                id="secret"
                label=text!("service-secret")
                hint=text!("service-secret-hint")
                value=form.secret
                error=errors.on("secret")
                verbatim=true
            />
        </fieldset>
    }
}

fn terms(draft: &ServiceDraft, errors: &FieldErrors) -> impl IntoView + use<> {
    let (form, usual) = (draft.form.clone(), Policy::default());
    let manager: &str = Approval::Manager.into();
    let mut approvals = choices(&[manager], &form.approval);
    if let Some(choice) = approvals.first_mut() {
        choice.label = approval(Approval::Manager);
    }
    view! {
        <fieldset>
            <legend>{text!("column-policy")}</legend>
            <Field
                name="form[default_ttl]"
                id="default_ttl"
                label=text!("service-default-ttl")
                hint=text!("service-default-ttl-hint", usual = usual.default_ttl.to_string())
                value=form.default_ttl
                error=errors.on("default_ttl")
                verbatim=true
            />
            <Field
                name="form[max_ttl]"
                id="max_ttl"
                label=text!("service-max-ttl")
                hint=text!("service-usually", usual = usual.max_ttl.to_string())
                value=form.max_ttl
                error=errors.on("max_ttl")
                verbatim=true
            />
            <Select
                name="form[approval]"
                id="approval"
                label=text!("service-approval")
                none=approval(Approval::Auto)
                choices=approvals
                value=form.approval.clone()
                error=errors.on("approval")
            />
            <Field
                name="form[max_active_per_person]"
                id="max_active_per_person"
                label=text!("service-max-active")
                hint=text!("service-usually", usual = usual.max_active_per_person.to_string())
                value=form.max_active_per_person
                error=errors.on("max_active_per_person")
                verbatim=true
            />
            <Field
                name="form[concurrency]"
                id="concurrency"
                label=text!("service-calls")
                hint=text!("service-usually", usual = usual.concurrency.to_string())
                value=form.concurrency
                error=errors.on("concurrency")
                verbatim=true
            />
        </fieldset>
    }
}

/// The teams but for the one of all who have no other, which is not chosen.
fn teams(teams: &[Team], chosen: &str) -> Vec<Choice> {
    let named: Vec<_> =
        teams.iter().filter(|team| !team.is_default()).map(|team| team.slug.as_str()).collect();
    choices(&named, chosen)
}

/// What can be chosen, and what was chosen, even if that is not among it.
fn choices(offered: &[impl AsRef<str>], chosen: &str) -> Vec<Choice> {
    let offered = offered.iter().map(AsRef::as_ref);
    let mut values: Vec<&str> = offered.collect();
    if !chosen.is_empty() && !values.contains(&chosen) {
        values.push(chosen);
    }
    values.into_iter().map(|value| Choice { value: value.to_owned(), label: value.to_owned() }).collect()
}
