//! The services, and on which terms they give accounts out.

use domain::{
    Problem,
    service::{Capability, Service},
};
use leptos::prelude::*;

use crate::{
    components::{Empty, Section, down_since, terms},
    pages::frame::{Content, Visitor, page},
};

/// All services.
#[component]
pub(crate) fn ServicesPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let list = if services.is_empty() {
        let (title, text) = (text!("services-empty-title"), text!("services-empty-text"));
        view! { <Empty title=title text=text /> }.into_any()
    } else {
        table(services).into_any()
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("services-title")}</h1>
            <p class="lead">{text!("services-lead")}</p>
        </div>
        {list}
    };
    Ok(Content {
        title: text!("services-title"),
        section: Section::Services,
        lively: false,
        body: body.into_any(),
    })
}

fn table(services: Vec<Service>) -> impl IntoView {
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("services-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-service")}</th>
                    <th scope="col">{text!("column-environment")}</th>
                    <th scope="col">{text!("column-address")}</th>
                    <th scope="col">{text!("column-connector")}</th>
                    <th scope="col">{text!("column-policy")}</th>
                </tr>
            </thead>
            <tbody>{services.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(service: Service) -> impl IntoView {
    let down = down_since(&service).map(|since| view! { <p class="terms warn">{since}</p> });
    let can: Vec<String> = service.capabilities.into_iter().map(capability).collect();
    let terms = terms(&service.policy);
    view! {
        <tr id=service.slug.to_string()>
            <th scope="row" data-label=text!("column-service")>
                {service.name.to_string()} " " <code class="quiet">{service.slug.to_string()}</code>
            </th>
            <td data-label=text!("column-environment")>
                <span class="tag">{service.environment}</span>
            </td>
            <td data-label=text!("column-address")>
                <code>{service.base_url}</code>
                {down}
            </td>
            <td data-label=text!("column-connector")>
                {service.connector} <br /> <span class="quiet">{can.join(", ")}</span>
            </td>
            <td data-label=text!("column-policy")>
                <ul class="terms">
                    {terms.into_iter().map(|term| view! { <li>{term}</li> }).collect_view()}
                </ul>
            </td>
        </tr>
    }
}

fn capability(capability: Capability) -> String {
    match capability {
        Capability::Create => text!("capability-create"),
        Capability::Verify => text!("capability-verify"),
        Capability::Reset => text!("capability-reset"),
        Capability::Disable => text!("capability-disable"),
        Capability::Enable => text!("capability-enable"),
        Capability::Delete => text!("capability-delete"),
        Capability::Gone => text!("capability-gone"),
        Capability::List => text!("capability-list"),
        Capability::Attest => text!("capability-attest"),
    }
}
