//! The form that asks for an account.

use std::collections::BTreeMap;

use domain::{
    Problem,
    command::RequestAccount,
    policy,
    service::{Approval, Service, Traits},
    text::{Hint, Purpose, Ticket},
};
use leptos::prelude::*;

use crate::{
    actions::RequestForm,
    components::{
        Choice, Empty, ErrorSummary, Field, FieldErrors, FieldKind, FieldNotes, Section, Select, approval,
        closed, described_by, down_since,
    },
    pages::frame::{Content, Visitor, page},
    visit::Note,
};

/// The form; after a refusal, with what was typed and what is wrong with it.
#[component]
pub(crate) fn RequestPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    policy::request_account(&visitor.caller.actor)?;
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let (typed, problem) = match visitor.visit.take_note().await? {
        Some(Note::RequestRefused { typed, problem }) => (typed, Some(Problem::from(problem))),
        Some(_) | None => (blank(&services), None),
    };
    let form = if services.is_empty() {
        let (title, text) = (text!("request-none-title"), text!("request-none-text"));
        view! { <Empty title=title text=text /> }.into_any()
    } else {
        form(services, typed, problem).into_any()
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("request-title")}</h1>
            <p class="lead">{text!("request-lead")}</p>
        </div>
        {form}
    };
    Ok(Content {
        title: text!("request-title"),
        section: Section::Request,
        lively: false,
        body: body.into_any(),
    })
}

/// The form as it is first seen. A single service is chosen from the start.
fn blank(services: &[Service]) -> RequestForm {
    let services = match services {
        [only] if only.state.gives_out() => vec![only.slug.to_string()],
        _ => Vec::new(),
    };
    RequestForm { services, count: "1".to_owned(), ..RequestForm::default() }
}

fn form(services: Vec<Service>, typed: RequestForm, problem: Option<Problem>) -> impl IntoView {
    let errors = problem.as_ref().map(FieldErrors::of).unwrap_or_default();
    let summary = problem.map(|problem| {
        let fields = vec![
            ("services", text!("request-services")),
            ("purpose", text!("request-purpose")),
            ("ticket", text!("request-ticket")),
            ("labels", text!("request-labels")),
            ("ttl", text!("request-ttl")),
            ("count", text!("request-count")),
            ("hint", text!("request-hint")),
            ("persona", text!("request-persona")),
            ("attributes", text!("request-attributes")),
        ];
        view! { <ErrorSummary problem=problem fields=fields /> }
    });
    let what_next = what_next(&services);
    let kind = kind(&services, &typed, &errors);
    view! {
        {summary}
        <form class="request" method="post" action="/actions/request_account">
            {choice(services, &typed.services, errors.on("services"))}
            <fieldset>
                <legend>{text!("request-about")}</legend>
                <Field
                    name="purpose"
                    label=text!("request-purpose")
                    hint=text!("request-purpose-hint")
                    value=typed.purpose
                    error=errors.on("purpose")
                    longest=Purpose::LONGEST
                />
                <Field
                    name="ticket"
                    label=text!("request-ticket")
                    hint=text!("request-ticket-hint")
                    value=typed.ticket
                    error=errors.on("ticket")
                    longest=Ticket::LONGEST
                    verbatim=true
                />
                <Field
                    name="labels"
                    label=text!("request-labels")
                    hint=text!("request-labels-hint")
                    kind=FieldKind::Lines
                    value=typed.labels
                    error=errors.on("labels")
                    verbatim=true
                />
            </fieldset>
            <fieldset>
                <legend>{text!("request-terms")}</legend>
                <Field
                    name="ttl"
                    label=text!("request-ttl")
                    hint=text!("request-ttl-hint")
                    value=typed.ttl
                    error=errors.on("ttl")
                    verbatim=true
                />
                <Field
                    name="count"
                    label=text!("request-count")
                    hint=text!("request-count-hint")
                    kind=FieldKind::Number { min: 1, max: RequestAccount::MOST_AT_ONCE }
                    value=typed.count
                    error=errors.on("count")
                />
                <Field
                    name="hint"
                    label=text!("request-hint")
                    hint=text!("request-hint-hint")
                    value=typed.hint
                    error=errors.on("hint")
                    longest=Hint::LONGEST
                    verbatim=true
                />
            </fieldset>
            {kind}
            <div class="send">
                {what_next}
                <div class="actions">
                    <button class="button primary">{text!("request-submit")}</button>
                </div>
            </div>
        </form>
    }
}

/// What kind of account it is to be, where the services know any.
fn kind(services: &[Service], typed: &RequestForm, errors: &FieldErrors) -> Option<impl IntoView + use<>> {
    let open = || services.iter().filter(|service| service.state.gives_out());
    let has_traits = open().any(|service| service.traits != Traits::default());
    let is_asked_for = !typed.persona.is_empty() || !typed.attributes.is_empty();
    (has_traits || is_asked_for).then(|| {
        let mut personas: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        for service in open() {
            for persona in &service.traits.personas {
                let (_, services) = personas
                    .entry(persona.name.to_string())
                    .or_insert_with(|| (persona.title.to_string(), Vec::new()));
                services.push(service.name.to_string());
            }
        }
        let label = |(value, (title, services)): (String, (String, Vec<String>))| {
            let label = text!("request-persona-of", title = title, services = services.join(", "));
            Choice { value, label }
        };
        let choices: Vec<Choice> = personas.into_iter().map(label).collect();
        let (persona, attributes) = (typed.persona.clone(), typed.attributes.clone());
        let select = (!choices.is_empty() || !persona.is_empty()).then(|| {
            view! {
                <Select
                    name="persona"
                    label=text!("request-persona")
                    none=text!("request-persona-none")
                    choices=choices
                    value=persona
                    error=errors.on("persona")
                />
            }
        });
        view! {
            <fieldset>
                <legend>{text!("request-kind")}</legend>
                {select}
                <Field
                    name="attributes"
                    label=text!("request-attributes")
                    hint=text!("request-attributes-hint")
                    kind=FieldKind::Lines
                    value=attributes
                    error=errors.on("attributes")
                    verbatim=true
                />
            </fieldset>
        }
    })
}

/// What happens to the request. Where only some of the services want a manager
/// to agree, style shows what holds for those that are chosen.
fn what_next(services: &[Service]) -> impl IntoView + use<> {
    let open = services.iter().filter(|service| service.state.gives_out());
    let (guarded, free): (Vec<_>, Vec<_>) =
        open.partition(|service| service.policy.approval == Approval::Manager);
    let names = guarded.iter().map(|service| service.name.to_string()).collect::<Vec<_>>().join(", ");
    let at_once = (!free.is_empty()).then(|| view! { <p class="at-once">{text!("request-at-once")}</p> });
    let waits = (!guarded.is_empty())
        .then(|| view! { <p class="waits">{text!("request-waits", services = names)}</p> });
    view! {
        {at_once}
        {waits}
        <p>{text!("request-what-next")}</p>
    }
}

/// The services to choose from, each with its terms.
fn choice(services: Vec<Service>, chosen: &[String], error: Option<String>) -> impl IntoView + use<> {
    let described = described_by("services", true, error.is_some());
    let hint = text!("request-services-hint", most = RequestAccount::MOST_SERVICES);
    let options = services
        .into_iter()
        .map(|service| {
            let checked = chosen.iter().any(|slug| slug == service.slug.as_str());
            option(service, checked)
        })
        .collect_view();
    view! {
        <fieldset id="services" tabindex="-1" aria-describedby=described>
            <legend>{text!("request-services")}</legend>
            <FieldNotes id="services" hint=Some(hint) error=error />
            <div class="choices">{options}</div>
        </fieldset>
    }
}

fn option(service: Service, checked: bool) -> impl IntoView {
    let is_open = service.state.gives_out();
    let closed = closed(&service).map(|closed| view! { <li class="warn">{closed}</li> });
    let down = down_since(&service).map(|since| view! { <li class="warn">{since}</li> });
    let needs = service.traits.needs.join(", ");
    let needs = (!needs.is_empty()).then(|| text!("request-service-needs", attributes = needs));
    let policy = service.policy;
    let waits = (policy.approval == Approval::Manager).then_some("true");
    let terms = [
        text!(
            "request-service-lease",
            default = policy.default_ttl.to_string(),
            max = policy.max_ttl.to_string()
        ),
        text!("request-service-quota", count = policy.max_active_per_person),
        approval(policy.approval),
    ];
    let (id, terms_id) = (format!("service-{}", service.slug), format!("terms-{}", service.slug));
    view! {
        <div class="choice" data-waits=waits>
            <input
                type="checkbox"
                id=id.clone()
                name="services[]"
                value=service.slug.to_string()
                checked=checked && is_open
                disabled=!is_open
                aria-describedby=terms_id.clone()
            />
            <label for=id>
                {service.name.to_string()} " " <span class="tag">{service.environment}</span>
            </label>
            <ul class="terms" id=terms_id>
                {terms.into_iter().chain(needs).map(|term| view! { <li>{term}</li> }).collect_view()} {closed}
                {down}
            </ul>
        </div>
    }
}
